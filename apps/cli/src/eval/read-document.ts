import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { issuesOf, type InputIssue } from '@aos/contracts';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { badUsage, type Failure, type Result } from '../failure.ts';

/** A file of YAML or JSON (which is YAML, too), read and checked. */
export interface ReadDocument<T> {
  value: T;
  /** The issues with the places in the file that they speak of: `suite.yaml:12:5 /tasks/0/goal`. */
  placed: (issues: readonly InputIssue[]) => InputIssue[];
}

/** Everything that is wrong with the file is told at once, each with its line. */
export function readDocument<T>(
  file: string,
  directory: string,
  schema: z.ZodType<T>,
): Result<ReadDocument<T>> {
  const text = readText(file, directory);
  if (!text.ok) return text;
  const name = basename(file);
  const lines = new LineCounter();
  const document = parseDocument(text.value, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const issues = document.errors.map(({ pos, message }) => ({ field: placeOf(pos[0]), message }));
    return failure(file, issues);
  }
  const placed = (issues: readonly InputIssue[]): InputIssue[] =>
    issues.map(({ field, message }) => ({
      field: `${placeOf(offsetOf(document, field))} ${field}`.trim(),
      message,
    }));
  const content = contentOf(document);
  if (!content.ok) return failure(file, [{ field: name, message: content.message }]);
  const parsed = schema.safeParse(content.value);
  return parsed.success
    ? { ok: true, value: { value: parsed.data, placed } }
    : failure(file, placed(issuesOf(parsed.error)));
}

function readText(file: string, directory: string): Result<string> {
  try {
    return { ok: true, value: readFileSync(resolve(directory, file), 'utf8') };
  } catch (error) {
    return badUsage(`cannot read ${file}: ${error instanceof Error ? error.message : 'failed'}`);
  }
}

/** Fails where aliases multiply to more than can be meant. */
function contentOf(document: Document): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: document.toJS() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'cannot be read' };
  }
}

function failure(file: string, issues: InputIssue[]): { ok: false; failure: Failure } {
  const { failure: usage } = badUsage(`${file} cannot be used`);
  return { ok: false, failure: { ...usage, title: usage.detail, issues } };
}

/** Where the value at a JSON pointer begins, or its key; what is missing is found where it should be. */
function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const token of pointer.split('/').slice(1)) {
    const next = memberOf(document, node, token.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) return offset;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset;
}

function memberOf(
  document: Document,
  node: unknown,
  key: string,
): { node: unknown; offset: number | undefined } | undefined {
  const whole = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(whole)) {
    const item = whole.items[Number(key)];
    return isNode(item) ? { node: item, offset: item.range?.[0] } : undefined;
  }
  if (!isMap(whole)) return undefined;
  const pair = whole.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return pair && isNode(pair.key) ? { node: pair.value, offset: pair.key.range?.[0] } : undefined;
}
