import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Not a whole number.');
  return value;
}

const SECONDS_PER: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A duration such as 90s, 5m, 2h, 1d, in seconds. */
export function seconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const per = SECONDS_PER[unit];
  if (per === undefined) throw new InvalidArgumentError('Not a duration such as 90s, 5m, 2h or 1d.');
  return Number(count) * per;
}

/** A time in ISO 8601, as it was written. */
export function isoTime(text: string): string {
  if (Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('Not a time such as 2026-01-31T00:00:00Z.');
  return text;
}

/** Money in cents, decimals allowed. */
export function centsAmount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Not an amount in cents.');
  }
  return value;
}

/** `key=value`, added to those before. */
export function label(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Not of the form key=value.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

/** An option that may be given several times. */
export function repeated(text: string, earlier: string[] = []): string[] {
  return [...earlier, text];
}

export function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** JSON; what is none is a text. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A plan as JSON, or `@file` (`@-`: standard input), relative to `directory`. The API judges what is in the steps. */
export function planParser(directory: string): (text: string) => unknown[] {
  return (text) => {
    const plan = parseJson(text.startsWith('@') ? readText(text.slice(1), directory) : text);
    if (!Array.isArray(plan)) throw new InvalidArgumentError('A plan is a JSON list of steps.');
    return plan;
  };
}

function readText(file: string, directory: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(directory, file), 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(
      `Cannot read ${file}: ${error instanceof Error ? error.message : 'failed'}.`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`Not JSON: ${error instanceof Error ? error.message : 'failed'}.`);
  }
}

type Params = Record<string, unknown>;

/** `step.path.to.field=value` as params by step, added to those before; the value is JSON, else text. */
export function changedParam(text: string, earlier: Record<string, Params> = {}): Record<string, Params> {
  const at = text.indexOf('=');
  const [step = '', ...path] = text.slice(0, Math.max(0, at)).split('.');
  if (step === '' || path.length === 0 || path.includes(''))
    throw new InvalidArgumentError('Not of the form step.path=value.');
  const nested = path.reduceRight<unknown>(
    (inner, key) => ({ [key]: inner }),
    jsonOrText(text.slice(at + 1)),
  );
  return merged(earlier, { [step]: nested }) as Record<string, Params>;
}

function merged(into: Params, from: Params): Params {
  const both = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const known = both[key];
    both[key] = isParams(known) && isParams(value) ? merged(known, value) : value;
  }
  return both;
}

function isParams(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
