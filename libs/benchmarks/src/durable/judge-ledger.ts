import type { LedgerLine } from './ledger.ts';

/** How often something happened that should not. */
export interface LedgerVerdict {
  /** Steps that never ended. */
  stepsMissing: number;
  /** Starts of steps beyond the first of each. */
  stepsReexecuted: number;
  /** Effects that happened again under the same key: a receiver that honours keys drops them. */
  effectsRepeated: number;
  /** Steps whose effect happened under two keys or more: nobody can tell that it was meant once. */
  effectsUnderTwoKeys: number;
}

/** Counts over a ledger in which so many steps should stand. */
export function judgeLedger(lines: readonly LedgerLine[], stepsExpected: number): LedgerVerdict {
  const starts = keysByStep(lines.filter(({ kind }) => kind === 'start'));
  const ends = keysByStep(lines.filter(({ kind }) => kind === 'end'));
  return {
    stepsMissing: stepsExpected - ends.size,
    stepsReexecuted: sum([...starts.values()].map((keys) => keys.length - 1)),
    effectsRepeated: sum([...ends.values()].map((keys) => keys.length - new Set(keys).size)),
    effectsUnderTwoKeys: [...ends.values()].filter((keys) => new Set(keys).size > 1).length,
  };
}

export interface Resumption {
  /** Seconds from the kill to the first step after it. */
  firstStepS: number;
  /** Seconds from the kill until each run that had steps left had gone on. */
  allGoneOnS: number;
}

/** Calls the dead process had sent may still arrive so long after it. */
const ECHO_MS = 100;

/** When work went on; NaN where none did. */
export function resumption(lines: readonly LedgerLine[], killedAtMs: number): Resumption {
  const firstOf = new Map<string, number>();
  for (const { kind, run, atMs } of lines) {
    if (kind === 'start' && atMs > killedAtMs + ECHO_MS && !firstOf.has(run)) firstOf.set(run, atMs);
  }
  const times = [...firstOf.values()].map((atMs) => (atMs - killedAtMs) / 1000);
  if (times.length === 0) return { firstStepS: Number.NaN, allGoneOnS: Number.NaN };
  return { firstStepS: Math.min(...times), allGoneOnS: Math.max(...times) };
}

function keysByStep(lines: readonly LedgerLine[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { run, step, key } of lines) {
    const name = `${run}/${step}`;
    keys.set(name, [...(keys.get(name) ?? []), key]);
  }
  return keys;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
