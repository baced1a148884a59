import type { AssertionResult } from '@aos/contracts';

type Json = AssertionResult['actual'];

const VALUE_CHARS_MAX = 1_000;
const TEXT_CHARS_MAX = 500;

/** A value as it is kept with a result: whole while it is small, else the beginning of its JSON as text. */
export function boundedValue(value: unknown): Json {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  // What comes out of a run or an assertion is JSON.
  return text.length <= VALUE_CHARS_MAX ? (value as Json) : cut(text, VALUE_CHARS_MAX);
}

/** A value within a message. */
export function brief(value: unknown): string {
  return cut(JSON.stringify(value), 120);
}

/** Text of others as it is kept with a result. Postgres text holds no NUL. */
export function boundedText(text: string): string {
  return cut(text.replaceAll('\0', ''), TEXT_CHARS_MAX);
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`;
}
