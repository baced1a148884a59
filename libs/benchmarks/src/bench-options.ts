import { InvalidArgumentError } from 'commander';

/** Reads an option that counts something. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Not a whole number from 1 on.');
  return value;
}

/** Reads an option that names some of several things, with commas between; an empty one names none. */
export function someOf<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const wanted = text.split(',').filter((name) => name !== '');
    const known = names.filter((name) => wanted.includes(name));
    if (known.length !== wanted.length) throw new InvalidArgumentError(`Choose of ${names.join(', ')}.`);
    return known;
  };
}

/** As in production, but for the limits, which would be what is measured, and local servers that steps call. */
export const BENCH_SETTINGS = {
  ENV: 'prod',
  RATE_LIMIT_ENABLED: 'false',
  EGRESS_ALLOW: '127.0.0.1',
  ANTHROPIC_API_KEY: 'no-model-is-called',
  ARTIFACT_STORE: 'local',
};
