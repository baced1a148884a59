import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ApiClient } from './api-client.ts';
import type { Action, Perform } from './command-context.ts';
import { showFailure } from './command-context.ts';
import { addBulk } from './commands/bulk.ts';
import { addCancelRun } from './commands/cancel-run.ts';
import { addCapabilities } from './commands/capabilities.ts';
import { addCreateAgent } from './commands/create-agent.ts';
import { addEval } from './commands/eval.ts';
import { addExportRun } from './commands/export-run.ts';
import { addExportRuns } from './commands/export-runs.ts';
import { addGetArtifact } from './commands/get-artifact.ts';
import { addGetRun } from './commands/get-run.ts';
import { addListAgents } from './commands/list-agents.ts';
import { addListMessages } from './commands/list-messages.ts';
import { addOps } from './commands/ops.ts';
import { addPauseRun } from './commands/pause-run.ts';
import { addReplay } from './commands/replay.ts';
import { addRestartRun } from './commands/restart-run.ts';
import { addResumeRun } from './commands/resume-run.ts';
import { addRun } from './commands/run.ts';
import { addSendMessage } from './commands/send-message.ts';
import { addSimulate } from './commands/simulate.ts';
import { addSkills } from './commands/skills.ts';
import { addUsage } from './commands/usage.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { badUsage } from './failure.ts';
import { readSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export interface Surroundings {
  env: Record<string, string | undefined>;
  /** Where `@file` and `.aos/stack.json` are looked for. */
  directory: string;
  terminal: Terminal;
}

interface GlobalOptions {
  json?: true;
  verbose?: true;
}

const AFTER_HELP = `
Settings: AOS_URL, AOS_API_KEY, AOS_TENANT_ID, AOS_REALTIME_URL; unset: .aos/stack.json here or above.
Exit codes: 0 done, 1 the run or the gate failed, or the plan is not feasible, 2 bad usage or refused, 3 unreachable or unauthorised.

Examples:
  $ aos capabilities
  $ aos simulate --plan @plan.json --budget 50
  $ aos run --agent-id AGENT_ID --goal "fetch the price and tell me" --plan @plan.json --watch`;

/** Runs one command line; resolves with its exit code. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal, directory } = surroundings;
  const isJson = args.includes('--json');
  let exitCode: ExitCode = EXIT.done;
  const perform: Perform = async (command, action) => {
    exitCode = await performAction(command.optsWithGlobals<GlobalOptions>(), action, surroundings);
  };
  const program = emptyProgram(terminal, isJson);
  addCreateAgent(program, perform);
  addListAgents(program, perform);
  addRun(program, perform, directory);
  addGetRun(program, perform);
  addGetArtifact(program, perform, directory);
  addExportRun(program, perform, directory);
  addExportRuns(program, perform, directory);
  addCancelRun(program, perform);
  addPauseRun(program, perform);
  addResumeRun(program, perform);
  addRestartRun(program, perform);
  addReplay(program, perform);
  addSendMessage(program, perform);
  addListMessages(program, perform);
  addBulk(program, perform);
  addSimulate(program, perform, directory);
  addCapabilities(program, perform);
  addSkills(program, perform);
  addUsage(program, perform);
  addEval(program, perform, directory);
  addOps(program, perform);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (isJson) showFailure({ terminal, isJson }, badUsage(error.message.replace(/^error: /, '')).failure);
    return EXIT.usage;
  }
}

function emptyProgram(terminal: Terminal, isJson: boolean): Command {
  return new Command('aos')
    .description('The command line of AOS, the Agent Operating System.')
    .version(versionOfPackage())
    .option('--json', 'machine output: one JSON document, with --watch one event per line')
    .option('--verbose', 'tell requests and request ids on standard error')
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => {
        if (!isJson) terminal.err(text.trimEnd());
      },
    })
    .exitOverride();
}

async function performAction(
  { json, verbose }: GlobalOptions,
  action: Action,
  { env, directory, terminal }: Surroundings,
): Promise<ExitCode> {
  const isJson = json === true;
  const trace = (line: string) => {
    if (verbose === true) terminal.err(line);
  };
  const settings = readSettings(env, directory);
  if (!settings.ok) return showFailure({ terminal, isJson }, settings.failure);
  const api = new ApiClient(settings.value, trace);
  return action({ api, settings: settings.value, terminal, isJson, trace });
}

function versionOfPackage(): string {
  const file: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return file.version;
}
