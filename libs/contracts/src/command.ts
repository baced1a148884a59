import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';

export const SERVICES = ['api-gateway', 'orchestrator', 'router', 'realtime', 'eval', 'billing'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** `<owner>.<area>.<verb>.v<version>`; the version is part of the name. */
export type CommandSubject =
  `${'gateway' | Exclude<ServiceName, 'api-gateway' | 'realtime'>}.${string}.${string}.v${number}`;

/** A request with one owner and one reply, as a plain value. Wire format: JSON body, envelope in NATS headers. */
export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  subject: CommandSubject;
  owner: ServiceName;
  /** The services that may send it; NATS permissions are made from this. */
  callers: readonly ServiceName[];
  summary: string;
  /** A strict object: unknown fields are refused by name. */
  input: I;
  /** Tolerant of added fields. */
  output: O;
  errors: readonly ErrorCode[];
  timeoutMs: number;
  /** Whether sending it twice is harmless, so that a client may retry by itself. */
  idempotent: boolean;
}

export type InputOf<C extends Command> = z.infer<C['input']>;
export type OutputOf<C extends Command> = z.infer<C['output']>;

/** Declares a command; the types of both ends come from it. */
export function defineCommand<I extends z.ZodType, O extends z.ZodType>(
  command: Command<I, O>,
): Command<I, O> {
  return command;
}
