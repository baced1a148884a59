import { tmpdir } from 'node:os';
import { withTemporaryStack, type TemporaryStack } from '../stack/temporary-stack.ts';
import { aosCommand } from './aos-command.ts';
import { DemoFailed } from './demo-failed.ts';
import { narrator } from './narrator.ts';
import { livePlaces, type Places } from './places.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { tellStory, type StoryOptions } from './story.ts';

const PROPER_MS_MAX = 120_000;

interface DemoOptions {
  /** The real price API and Slack instead of local stand-ins. */
  live: boolean;
}

/** The whole demo: a stack of its own, the story, the proof; nothing stays. */
export async function runDemo({ live }: DemoOptions): Promise<void> {
  narrator.title('AOS demo: fetch the BTC price and notify on Slack');
  if (live) {
    const places = livePlaces(process.env);
    narrator.say('LIVE: the price comes from api.coingecko.com, the message goes to your Slack.');
    await onOwnStack({}, (own) => tellLive(own, places));
    return;
  }
  const sandbox = await startSandbox();
  narrator.say('The price API and Slack are SANDBOX servers of this demo; --live uses the real ones.');
  try {
    // Skills reach no private address unless told so, and the sandbox is on one.
    await onOwnStack({ EGRESS_ALLOW: '127.0.0.1' }, (own) => tellSandboxed(own, sandbox));
  } finally {
    sandbox.close();
  }
}

async function onOwnStack(
  env: Record<string, string>,
  tell: (own: TemporaryStack) => Promise<void>,
): Promise<void> {
  const startedAtMs = performance.now();
  const options = { name: 'demo', parent: tmpdir(), env, say: narrator.progress };
  await withTemporaryStack(options, async ({ stack, folder, signal }) => {
    narrator.progress(`the stack is up after ${secondsSince(startedAtMs)} s: ${stack.file.gateway_url}`);
    const properAtMs = performance.now();
    await tell({ stack, folder, signal: AbortSignal.any([signal, AbortSignal.timeout(PROPER_MS_MAX)]) });
    narrator.title(`The demo took ${secondsSince(properAtMs)} s. Stopping everything and removing its data.`);
  });
  narrator.say('Nothing is left running. To go on by hand: pnpm stack up, then pnpm aos --help');
}

async function tellSandboxed(own: TemporaryStack, sandbox: Sandbox): Promise<void> {
  const reached = sandbox.firstDelivery.then(
    () => 'SANDBOX Slack has the message and has not answered yet. Now:',
  );
  await tell(own, sandbox, { reached, release: sandbox.release });
  showProof(sandbox);
}

async function tellLive(own: TemporaryStack, places: Places): Promise<void> {
  const planned = Promise.withResolvers<string>();
  const onLine = (line: string) => {
    if (line.includes('plan.created')) planned.resolve('The price is being fetched. Now:');
  };
  await tell(own, places, { reached: planned.promise, onLine });
}

async function tell(
  { stack, folder, signal }: TemporaryStack,
  places: Places,
  middle: StoryOptions['middle'],
): Promise<void> {
  const { orchestrator } = stack.services;
  if (orchestrator === undefined) throw new Error('the stack has no orchestrator');
  const aos = aosCommand({ stack: stack.file, cwd: folder, narrator, signal });
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
