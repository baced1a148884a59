import { z } from 'zod';
import type { Command } from '../command.ts';
import type { ErrorCode } from '../errors.ts';

/** How a route counts against the tenant's limits. */
export type RateClass = 'goals' | 'writes' | 'reads' | 'none';

/** A public HTTP route as a plain value; the gateway serves it, OpenAPI shows it. */
export interface HttpRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` parameters. */
  path: string;
  summary: string;
  tag: string;
  /** Sent on to its owner; path parameters, query and body together are its input. Absent: the gateway answers itself. */
  command?: Command;
  body?: z.ZodType;
  query?: z.ZodType;
  output: z.ZodType;
  /** The answer is the content of the artifact that the command reads piece by piece, not JSON. */
  content?: 'artifact';
  status: number;
  errors: readonly ErrorCode[];
  /** The least level (1–5) of the credential. */
  level: 1 | 2 | 3 | 4 | 5;
  rate: RateClass;
  /** Also served without the /api/v1 prefix. */
  alsoAtRoot: boolean;
}

/** Query strings are text: numbers are written as digits. */
export const queryPage = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'a whole number')
    .optional(),
  cursor: z.string().max(500).optional(),
};
