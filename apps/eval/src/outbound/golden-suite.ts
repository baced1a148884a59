import { readdir, readFile } from 'node:fs/promises';
import { GOLDEN_SUITE, issuesOf, suiteInput, type InputIssue, type Suite } from '@aos/contracts';
import { parse } from 'yaml';
import type { Checks } from '../domain/checks.ts';
import { suiteIssues } from '../domain/suite-issues.ts';

/** Beside src and dist. */
const FOLDER = new URL('../../golden/', import.meta.url);

/** The suite that is shipped: a task a file. Rejects, with all that is wrong, when one cannot be used. */
export async function readGoldenSuite(checks: Checks, folder = FOLDER): Promise<Suite> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const tasks = await Promise.all(
    files.map(async (name): Promise<unknown> => parse(await readFile(new URL(name, folder), 'utf8'))),
  );
  const description = 'The golden tasks shipped with AOS';
  const suite = suiteInput.safeParse({ name: GOLDEN_SUITE, description, tasks });
  const issues = suite.success ? suiteIssues(suite.data, checks) : issuesOf(suite.error);
  if (!suite.success || issues.length > 0) throw new Error(textOf(issues, files));
  return { ...suite.data, description, version: 0, task_count: tasks.length, updated_at: null };
}

/** `/tasks/0/goal` is named by the file of the first task. */
function textOf(issues: readonly InputIssue[], files: readonly string[]): string {
  const lines = issues.map(({ field, message }) => {
    const [, index, rest = ''] = /^\/tasks\/(\d+)(.*)$/.exec(field) ?? [];
    return index === undefined ? `${field}: ${message}` : `${files[Number(index)]}${rest}: ${message}`;
  });
  return `golden tasks that cannot be used: ${lines.join('; ')}`;
}
