import { setTimeout as delay } from 'node:timers/promises';
import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { RunEvent } from '../domain/run-event.ts';
import type { JournalPage, Recipient, RunJournal, RunPlace, TopicWatcher } from './ports.ts';
import type { RunTopic } from './run-topic.ts';
import type { TopicRegistry } from './topic-registry.ts';

const READ_AGAIN_MS_MIN = 50;
const READ_AGAIN_MS_MAX = 2_000;

export interface WatchRunSources {
  topics: TopicRegistry;
  journal: RunJournal;
}

export interface WatchRunRequest {
  place: RunPlace;
  /** The seq after which to start; undefined: only what happens from now on. */
  after: number | undefined;
  /** Aborted when the watcher has gone. */
  signal: AbortSignal;
}

/** One recipient's place in a topic. */
class Follower implements TopicWatcher {
  readonly #recipient: Recipient;
  position: number;

  constructor(recipient: Recipient, position: number) {
    this.#recipient = recipient;
    this.position = position;
  }

  deliver(event: RunEvent): void {
    if (event.seq <= this.position) return;
    this.position = event.seq;
    this.#recipient.deliver(event);
  }
}

/**
 * Gives the recipient a run's events, each once and in order: history up to where the topic is, at the
 * recipient's own pace, then live. Resolves when it is live (or gone); fails where the run cannot be found now, or is
 * no more.
 */
export async function watchRun(
  { topics, journal }: WatchRunSources,
  { place, after, signal }: WatchRunRequest,
  recipient: Recipient,
): Promise<StructuredOutcome<void>> {
  const held = await topics.hold(place);
  if (!held.ok) return held;
  const topic = held.value;
  if (signal.aborted) {
    topics.release(topic);
    return succeed(undefined);
  }

  const follower = new Follower(recipient, after ?? topic.position);
  signal.addEventListener('abort', () => {
    topic.leave(follower);
    topics.release(topic);
  });
  recipient.subscribed(`run:${place.runId}`, follower.position);
  return catchUp({ topic, follower, journal, recipient, signal });
}

interface CatchUp {
  topic: RunTopic;
  follower: Follower;
  journal: RunJournal;
  recipient: Recipient;
  signal: AbortSignal;
}

async function catchUp(scene: CatchUp): Promise<StructuredOutcome<void>> {
  const { topic, follower, signal } = scene;
  while (follower.position < topic.position && !signal.aborted) {
    const page = await readUntilAnswered(scene);
    if (!page.ok) return page;
    await deliverAtItsPace(page.value.events, scene);
    // Read before the topic moved on: what it has been given is in the journal, so the next read shows it.
    if (page.value.events.length === 0) await delay(20);
  }
  // No await since the comparison: nothing can come between history and live.
  if (!signal.aborted) topic.join(follower);
  return succeed(undefined);
}

/** Whoever was told `subscribed` has nothing to do about an outage: the journal is asked until it can be read. */
async function readUntilAnswered(scene: CatchUp): Promise<StructuredOutcome<JournalPage>> {
  const { topic, follower, journal, signal } = scene;
  for (let againMs = READ_AGAIN_MS_MIN; ; againMs = Math.min(againMs * 2, READ_AGAIN_MS_MAX)) {
    const page = await journal.read(topic.place, follower.position);
    if (page.ok || !page.error.retryable || signal.aborted) return page;
    await delay(againMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function deliverAtItsPace(events: RunEvent[], { follower, recipient, signal }: CatchUp): Promise<void> {
  for (const event of events) {
    while (!recipient.hasRoom && !signal.aborted) await recipient.room(signal);
    if (signal.aborted) return;
    follower.deliver(event);
  }
}
