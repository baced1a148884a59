import { isProduction } from '@aos/contracts';
import type { z } from 'zod';
import {
  AdapterConfigurationError,
  ConfigurationError,
  StoreConfigurationError,
} from './configuration-error.ts';

/** What may fall back in development and must be chosen in production. */
export interface ProductionRequirement {
  variable: string;
  kind: 'store' | 'adapter';
  /** What may be written there, for the error: `a redis:// URL`. */
  choices: string;
}

/** The environment as configuration, frozen. An empty variable counts as unset. Throws ConfigurationError with all that is wrong. */
export function readConfig<T extends z.ZodObject>(
  schema: T,
  env: Record<string, string | undefined>,
  requiredInProduction: readonly ProductionRequirement[] = [],
): Readonly<z.output<T>> {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(set);
  if (!parsed.success) throw new ConfigurationError(problemsOf(schema, parsed.error, set));
  if (isProduction(set['ENV'] ?? '')) enforceProduction(requiredInProduction, set);
  return Object.freeze(parsed.data);
}

function problemsOf(schema: z.ZodObject, error: z.ZodError, set: Record<string, unknown>): string[] {
  return error.issues.map((issue) => {
    const variable = issue.path.map(String).join('.');
    const reason = variable in set ? issue.message : 'is not set';
    const description: unknown = schema.shape[variable]?.meta?.()?.description;
    return `${variable}: ${reason}${typeof description === 'string' ? ` (${description})` : ''}`;
  });
}

function enforceProduction(required: readonly ProductionRequirement[], set: Record<string, unknown>): void {
  const missing = required.filter(({ variable }) => !(variable in set));
  const [first] = missing;
  if (first === undefined) return;
  const problems = missing.map(
    ({ variable, choices }) => `${variable}: required with ENV=prod; choices: ${choices}`,
  );
  throw first.kind === 'store'
    ? new StoreConfigurationError(problems)
    : new AdapterConfigurationError(problems);
}
