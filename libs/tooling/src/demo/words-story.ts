import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run, StackFile } from '@aos/contracts';
import type { Models } from '../stack/models.ts';
import { waitUntil } from '../wait-until.ts';
import type { Aos } from './aos-command.ts';
import { DemoFailed } from './demo-failed.ts';
import { idIn } from './id-in.ts';
import type { Narrator } from './narrator.ts';
import type { Sandbox } from './sandbox.ts';

export interface WordsOptions {
  aos: Aos;
  narrator: Narrator;
  stack: StackFile;
  models: Models;
  sandbox: Sandbox;
  /** Where the gate's file is written. */
  folder: string;
}

const GATE = 'min_score: 1\nmax_cost_cents: 20\n';

/** The second part of the demo: a goal in words, what came of it, what it cost, and the gate of the golden tasks. */
export async function tellInWords(options: WordsOptions): Promise<void> {
  const { aos, narrator, models, sandbox } = options;
  narrator.title('7. Now a goal in words, without a plan.');
  narrator.say(whoPlans(models));
  const agentId = idIn(await aos(['create-agent', '--name', 'assistant', '--budget-cents', '200']));
  const goal = goalWith(sandbox);
  const runId = idIn(await aos(['run', '--agent-id', agentId, '--goal', goal, '--watch']));

  narrator.title('8. The run, with who planned it and why so.');
  await aos(['get-run', runId]);

  narrator.title('9. What came of it.');
  const run = await readRun(options, runId);
  if (run.plan?.metadata.planner !== 'anthropic') throw new DemoFailed('no model planned the goal');
  narrator.output(`SANDBOX Slack got: ${sandbox.deliveries.at(-1)?.text}`);
  await showArtifacts(options, run);

  narrator.title('10. What that cost.');
  if (models.kind === 'simulated')
    narrator.say('Tokens are SIMULATED, and priced as if Claude had taken them.');
  await modelCallsAreMetered(options);
  await aos(['usage']);

  narrator.title('11. Are the golden tasks still solved? As in CI, the exit code says so.');
  await runGate(options);
}

function whoPlans({ kind }: Models): string {
  return kind === 'real'
    ? 'ANTHROPIC_API_KEY is set: Claude plans it. That costs a few cents.'
    : 'No ANTHROPIC_API_KEY is set: the MODEL SANDBOX answers in place of Claude, by keyword rules, labelled SIMULATED.';
}

const goalWith = ({ ordersUrl, slackUrl }: Sandbox) =>
  `Fetch the orders from ${ordersUrl} and total their amounts. ` +
  `Send the total as a Slack message (JSON with the field text) to ${slackUrl}. ` +
  'Put a 30 min meeting "Order review" on my calendar, 2030-01-07 10:00 Europe/Berlin.';

async function readRun({ stack }: WordsOptions, runId: string): Promise<Run> {
  const { run } = await import('@aos/contracts');
  return run.parse(JSON.parse(await readText(stack, `/api/v1/runs/${runId}`)));
}

async function runGate({ aos, narrator, folder }: WordsOptions): Promise<void> {
  writeFileSync(join(folder, 'gate.yaml'), GATE);
  narrator.command('cat gate.yaml');
  GATE.trimEnd().split('\n').forEach(narrator.output);
  await aos(['eval', 'run', '--suite', 'golden', '--gate', 'gate.yaml']);
  narrator.say('Exit code 0: the gate is passed.');
}

async function showArtifacts({ narrator, stack }: WordsOptions, { run_id, artifacts }: Run): Promise<void> {
  for (const { name } of artifacts) {
    const path = `/api/v1/runs/${run_id}/artifacts/${name}`;
    narrator.command(`curl -H "X-AOS-Key: $AOS_API_KEY" ${stack.gateway_url}${path}`);
    (await readText(stack, path)).trimEnd().split(/\r?\n/).forEach(narrator.output);
  }
}

/** Usage is counted from events, a moment after the run has finished. */
async function modelCallsAreMetered({ stack }: WordsOptions): Promise<void> {
  const { usageGet } = await import('@aos/contracts');
  const isCounted = async () => {
    const { data } = usageGet.output.parse(JSON.parse(await readText(stack, '/api/v1/usage')));
    return data.some(({ meter, quantity }) => meter === 'llm_calls' && quantity > 0);
  };
  await waitUntil(isCounted, { what: 'the model call is in the usage' });
}

async function readText({ gateway_url, api_key }: StackFile, path: string): Promise<string> {
  const response = await fetch(`${gateway_url}${path}`, { headers: { 'X-AOS-Key': api_key } });
  if (!response.ok) throw new DemoFailed(`${path} answers ${response.status}`);
  return response.text();
}
