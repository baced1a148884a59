import { resolve } from 'node:path';

/** The checkout this package belongs to. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** What all local stacks of the checkout share: programs that were installed for them. */
export const programsDir = resolve(repositoryRoot, '.aos');

/** Takes a line of progress meant for the person who waits. */
export type Say = (line: string) => void;
