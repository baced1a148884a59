import { tmpdir } from 'node:os';
import type { Stack } from '../stack/start.ts';
import { withTemporaryStack } from '../stack/temporary-stack.ts';
import { aosCommand, type Aos } from './aos-command.ts';
import { DemoFailed } from './demo-failed.ts';
import { narrator } from './narrator.ts';
import { livePlaces, type Places } from './places.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { tellStory, type StoryOptions } from './story.ts';
import { tellInWords } from './words-story.ts';

const PROPER_MS_MAX = 180_000;

interface DemoOptions {
  /** The real price API and Slack instead of local stand-ins. */
  live: boolean;
}

/** A stack of the demo's own, and the command to use it with. */
interface Stage {
  stack: Stack;
  aos: Aos;
  folder: string;
}

/** The whole demo: a stack of its own, a run that survives a kill, a goal in words, the proofs; nothing stays. */
export async function runDemo({ live }: DemoOptions): Promise<void> {
  narrator.title('AOS demo: fetch the BTC price and notify on Slack; then a goal in words');
  const places = live ? livePlaces(process.env) : undefined;
  narrator.say(
    places
      ? 'LIVE: the price comes from api.coingecko.com, the message goes to your Slack. The rest is SANDBOX servers.'
      : 'The price API, the shop and Slack are SANDBOX servers of this demo; --live uses real ones where it can.',
  );
  const sandbox = await startSandbox();
  try {
    await onOwnStack(async (stage) => {
      await (places ? tellLive(stage, places) : tellSandboxed(stage, sandbox));
      sandbox.release();
      const { aos, stack, folder } = stage;
      await tellInWords({ aos, narrator, stack: stack.file, models: stack.models, sandbox, folder });
    });
  } finally {
    sandbox.close();
  }
}

async function onOwnStack(tell: (stage: Stage) => Promise<void>): Promise<void> {
  const startedAtMs = performance.now();
  const models = modelSettings(process.env);
  // Skills reach no private address unless told so, and the sandbox is on one.
  const env = { EGRESS_ALLOW: '127.0.0.1', ...models };
  const modelSandbox = models['ANTHROPIC_API_KEY'] === undefined;
  const options = { name: 'demo', parent: tmpdir(), env, say: narrator.progress, modelSandbox };
  await withTemporaryStack(options, async ({ stack, folder, signal: interrupted }) => {
    narrator.progress(`the stack is up after ${secondsSince(startedAtMs)} s: ${stack.file.gateway_url}`);
    const properAtMs = performance.now();
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(PROPER_MS_MAX)]);
    const aos = aosCommand({ stack: stack.file, cwd: folder, narrator, signal });
    await tell({ stack, aos, folder });
    narrator.title(`The demo took ${secondsSince(properAtMs)} s. Stopping everything and removing its data.`);
  });
  narrator.say('Nothing is left running. To go on by hand: pnpm stack up, then pnpm aos --help');
}

/** The person's own, where there is a key. */
function modelSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  if (!env['ANTHROPIC_API_KEY']) return {};
  const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'DEFAULT_LLM_MODEL'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

async function tellSandboxed(stage: Stage, sandbox: Sandbox): Promise<void> {
  const reached = sandbox.firstDelivery.then(
    () => 'SANDBOX Slack has the message and has not answered yet. Now:',
  );
  await tell(stage, sandbox, { reached, release: sandbox.release });
  showProof(sandbox);
}

async function tellLive(stage: Stage, places: Places): Promise<void> {
  const planned = Promise.withResolvers<string>();
  const onLine = (line: string) => {
    if (line.includes('plan.created')) planned.resolve('The price is being fetched. Now:');
  };
  await tell(stage, places, { reached: planned.promise, onLine });
}

async function tell(
  { stack, aos, folder }: Stage,
  places: Places,
  middle: StoryOptions['middle'],
): Promise<void> {
  const { orchestrator } = stack.services;
  if (orchestrator === undefined) throw new Error('the stack has no orchestrator');
  await tellStory({ aos, narrator, orchestrator, places, folder, middle });
}

/** A receiver that honours the webhook-id, as Standard Webhooks asks, shows a repeated delivery once. */
function showProof({ deliveries }: Sandbox): void {
  const messages = new Map(deliveries.map(({ webhookId, text }) => [webhookId, text]));
  narrator.title('6. What SANDBOX Slack got.');
  deliveries.forEach(({ webhookId }, index) =>
    narrator.output(`delivery ${index + 1}  webhook-id ${webhookId}`),
  );
  for (const text of messages.values()) narrator.output(`message     ${text}`);
  if (messages.size !== 1) throw new DemoFailed(`SANDBOX Slack got ${messages.size} messages instead of one`);
  narrator.say(
    'Exactly one message under one webhook-id: the delivery that the kill cut off was repeated with the same key.',
  );
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}
