import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceProcess } from '../processes/service.ts';
import type { Aos } from './aos-command.ts';
import { DemoFailed } from './demo-failed.ts';
import { idIn } from './id-in.ts';
import type { Narrator } from './narrator.ts';
import { planFor, type Places } from './places.ts';

export interface StoryOptions {
  aos: Aos;
  narrator: Narrator;
  orchestrator: ServiceProcess;
  places: Places;
  /** Where the plan's file is written. */
  folder: string;
  /**
   * The moment to kill the orchestrator, in words, once it has come; told each line of the watched run. After the kill
   * `release` lets go on what waited for it.
   */
  middle: { reached: Promise<string>; onLine?: (line: string) => void; release?: () => void };
}

const GOAL = 'fetch the BTC price and notify on Slack';
const BUDGET_CENTS = '10';

/** The first part of the demo, on a stack that is up: a plan whose run survives a kill. */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { aos, narrator, places, folder } = options;
  narrator.title('1. What can be done here?');
  await aos(['capabilities']);

  narrator.title('2. Would this plan work, and what would it cost? Nothing runs yet.');
  const steps = planFor(places).map((step) => `  ${JSON.stringify(step)}`);
  const plan = `[\n${steps.join(',\n')}\n]`;
  writeFileSync(join(folder, 'plan.json'), plan);
  narrator.command('cat plan.json');
  plan.split('\n').forEach(narrator.output);
  const verdict = await aos(['simulate', '--plan', '@plan.json', '--budget', BUDGET_CENTS]);
  if (!verdict.some((line) => /\bFEASIBLE\b/.test(line))) throw new DemoFailed('the plan is not feasible');

  narrator.title('3. An agent that may spend 100 cents.');
  const agentId = idIn(await aos(['create-agent', '--name', 'price-watcher', '--budget-cents', '100']));

  narrator.title('4. The goal, watched live. In the middle the orchestrator is killed and started again.');
  const runId = idIn(await runThroughKill(agentId, options));

  narrator.title('5. The run and its steps, folded from its journal.');
  await aos(['get-run', runId]);
}

async function runThroughKill(agentId: string, options: StoryOptions): Promise<string[]> {
  const { aos, middle } = options;
  const args = ['run', '--agent-id', agentId, '--goal', GOAL, '--plan', '@plan.json', '--watch'];
  const finished = aos(args, middle.onLine);
  const isEarly = await Promise.race([middle.reached.then(() => false), finished.then(() => true)]);
  if (isEarly) throw new DemoFailed('the run ended before the orchestrator could be killed');
  const [lines] = await Promise.all([finished, killAndRestart(options)]);
  return lines;
}

async function killAndRestart({ narrator, orchestrator, middle }: StoryOptions): Promise<void> {
  narrator.aside(await middle.reached);
  narrator.aside(`kill -9 ${orchestrator.pid()}   (the orchestrator)`);
  await orchestrator.kill9();
  middle.release?.();
  await orchestrator.restart();
  narrator.aside(`the orchestrator is started again, pid ${orchestrator.pid()}`);
  narrator.aside('takeover after the lease of the lost process ends, up to 10 s …');
}
