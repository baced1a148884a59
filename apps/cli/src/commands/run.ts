import {
  EVENT_DATA,
  submittedRun,
  type CloudEvent,
  type RunOnFailure,
  type SubmittedRun,
} from '@aos/contracts';
import type { Command } from 'commander';
import type { ApiRequest } from '../api-client.ts';
import { callAndShow, showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { centsAmount, label, planParser } from '../option-parsers.ts';
import { eventText } from '../render/event.ts';
import { statusText } from '../render/status.ts';
import { facts } from '../render/table.ts';
import { oneLine } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { followRun } from '../watch/follow-run.ts';
import { examples } from './examples.ts';
import { planningMode, replan } from './planning-options.ts';
import { onFailureOption } from './on-failure.ts';

interface Options {
  agentId: string;
  goal: string;
  plan?: unknown[];
  watch?: true;
  idempotencyKey?: string;
  estCostCents?: number;
  label?: Record<string, string>;
  planningMode?: string;
  replan?: string;
  onFailure?: RunOnFailure;
}

export function addRun(program: Command, perform: Perform, directory: string): void {
  program
    .command('run')
    .description('hand a goal to an agent')
    .requiredOption('--agent-id <id>', 'the agent')
    .requiredOption('--goal <text>', 'what is to be reached')
    .option('--plan <json|@file>', 'the steps; without them a model plans the goal', planParser(directory))
    .option('--watch', 'show the events until the run has finished')
    .option('--idempotency-key <key>', 'a repeated call with this key returns the first run')
    .option('--est-cost-cents <cents>', 'what to reserve of the budget', centsAmount)
    .option('--label <key=value>', 'kept with the run; may be repeated', label)
    .addOption(planningMode())
    .addOption(replan())
    .addOption(onFailureOption('the agent'))
    .addHelpText(
      'after',
      `${examples(
        'aos run --agent-id AGENT_ID --goal "fetch https://example.com/prices and total them" --watch',
        'aos run --agent-id AGENT_ID --goal "tell me the price" --plan @plan.json --watch',
        'aos run --agent-id AGENT_ID --goal "fetch https://a.example/x, or else https://b.example/x" --planning-mode adaptive --watch',
        'aos run --agent-id AGENT_ID --goal "tell me the price" --label team=ops --json | jq -r .run_id',
      )}\n\nWith --watch it ends with 1 when the run did not succeed.`,
    )
    .action((options: Options, command: Command) =>
      perform(command, (context) =>
        options.watch ? submitAndWatch(context, options) : submit(context, options),
      ),
    );
}

function requestOf({
  agentId,
  goal,
  plan,
  idempotencyKey,
  estCostCents,
  label: labels,
  planningMode: planning_mode,
  ...options
}: Options): ApiRequest {
  const planning = { planning_mode, replan: options.replan };
  const body = {
    goal,
    plan,
    labels,
    idempotency_key: idempotencyKey,
    est_cost_cents: estCostCents,
    ...planning,
    on_failure: options.onFailure,
  };
  return { method: 'POST', path: `/agents/${encodeURIComponent(agentId)}/goals`, body };
}

function submit(context: CommandContext, options: Options): Promise<ExitCode> {
  return callAndShow(context, requestOf(options), submittedRun, {
    text: (run) => `${submittedText(context.terminal, run)}\n\nsee it with: aos get-run ${run.run_id}`,
  });
}

async function submitAndWatch(context: CommandContext, options: Options): Promise<ExitCode> {
  const { api, terminal, isJson } = context;
  const answer = await api.call(requestOf(options), submittedRun);
  if (!answer.ok) return showFailure(context, answer.failure);
  const run = answer.value.parsed;
  if (!isJson) terminal.out(`${submittedText(terminal, run)}\n`);

  const startMs = Date.parse(run.created_at);
  const events = followRun(context, run.run_id);
  let exitCode: ExitCode = EXIT.failed;
  for (let next = await events.next(); ; next = await events.next()) {
    if (next.done) return next.value === undefined ? exitCode : showFailure(context, next.value);
    terminal.out(isJson ? JSON.stringify(next.value) : eventText(terminal, next.value, startMs));
    if (hasSucceeded(next.value)) exitCode = EXIT.done;
  }
}

function hasSucceeded({ type, data }: CloudEvent): boolean {
  if (type !== 'run.finished') return false;
  return EVENT_DATA['run.finished'].safeParse(data).data?.status === 'succeeded';
}

function submittedText(terminal: Terminal, run: SubmittedRun): string {
  return facts(terminal, [
    ['run', run.run_id],
    ['goal', oneLine(run.goal)],
    ['status', statusText(terminal, run.status)],
    ['note', run.replayed ? 'the idempotency key was used before: this is its first run' : ''],
  ]);
}
