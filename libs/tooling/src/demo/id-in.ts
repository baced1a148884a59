import { DemoFailed } from './demo-failed.ts';

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The first id in what the aos command printed. */
export function idIn(lines: readonly string[]): string {
  const id = lines.map((line) => ID.exec(line)?.[0]).find((found) => found !== undefined);
  if (id === undefined) throw new DemoFailed('the aos command printed no id');
  return id;
}
