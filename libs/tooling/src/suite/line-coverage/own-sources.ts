import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../../paths.ts';

const SOURCES = '{apps,libs}/*/src/**/*.ts';
const NOT_OWN = /\.(spec|d)\.ts$|\/src\/generated\/|^libs\/benchmarks\//;

/** What coverage is about: own code, without tests and what is generated. Paths from the root. */
export function ownSources(): string[] {
  return globSync(SOURCES, { cwd: repositoryRoot })
    .filter((path) => !NOT_OWN.test(path))
    .sort();
}

/** Where the build of a source is. */
export function builtUrlOf(source: string): string {
  const built = source.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
  return pathToFileURL(join(repositoryRoot, built)).href;
}

/** Whether a script that ran is a build of ours, or one of our sources. */
export function isOwnScript(url: string): boolean {
  const root = `${pathToFileURL(repositoryRoot).href}/`;
  return url.startsWith(root) && /^(apps|libs)\/[^/]+\/(src|dist)\//.test(url.slice(root.length));
}

/** `apps/router` of a path in it. */
export const packageOf = (source: string): string => source.split('/', 2).join('/');

export const fromRoot = (path: string): string => relative(repositoryRoot, path);
