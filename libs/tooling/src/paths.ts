import { resolve } from 'node:path';

/** The checkout this package belongs to. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** What all local stacks of the checkout share: programs that were installed for them, and the lock of the build. */
export const programsDir = resolve(repositoryRoot, process.env['AOS_PROGRAMS_DIR'] ?? '.aos');

/** Takes a line of progress meant for the person who waits. */
export type Say = (line: string) => void;
