import type { Command } from 'commander';
import type { ApiClient, ApiRequest } from './api-client.ts';
import type { ExitCode } from './exit-code.ts';
import { EXIT } from './exit-code.ts';
import type { Failure } from './failure.ts';
import { failureJson, failureText } from './render/failure.ts';
import type { Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';
import type { z } from 'zod';

/** What a command works with. */
export interface CommandContext {
  api: ApiClient;
  settings: Settings;
  terminal: Terminal;
  /** Machine output: one JSON document (with --watch one per line), nothing else. */
  isJson: boolean;
  /** A line for --verbose. */
  trace: (line: string) => void;
}

export type Action = (context: CommandContext) => Promise<ExitCode>;

/** Runs an action of a command with its context; made by the program. */
export type Perform = (command: Command, action: Action) => Promise<void>;

interface Showing<T> {
  /** What a person is shown. */
  text: (value: T) => string;
  exitCode?: (value: T) => ExitCode;
}

/** Most commands: one request, its answer shown as it came or as text. */
export async function callAndShow<T>(
  context: CommandContext,
  request: ApiRequest,
  schema: z.ZodType<T>,
  { text, exitCode = () => EXIT.done }: Showing<T>,
): Promise<ExitCode> {
  const answer = await context.api.call(request, schema);
  if (!answer.ok) return showFailure(context, answer.failure);
  const { parsed, raw } = answer.value;
  context.terminal.out(context.isJson ? JSON.stringify(raw, null, 2) : text(parsed));
  return exitCode(parsed);
}

/** Tells why it did not work: for machines on standard output, for people on standard error. */
export function showFailure(
  context: Pick<CommandContext, 'terminal' | 'isJson'>,
  failure: Failure,
): ExitCode {
  const { terminal, isJson } = context;
  if (isJson) terminal.out(JSON.stringify(failureJson(failure)));
  else terminal.err(failureText(terminal, failure));
  return failure.exitCode;
}
