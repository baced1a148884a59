import type { RunEvent } from './run-event.ts';

type Entry =
  | { kind: 'control'; frame: Buffer }
  | { kind: 'event'; event: RunEvent }
  | { kind: 'gap'; topic: string; dropped: number; afterSeq: number };

/**
 * What a connection has still to be sent. At most `eventsMax` events wait: beyond that the oldest goes and in
 * its place stands one gap per topic with the count and the cursor to catch up from.
 */
export class OutboundQueue {
  readonly #entries: Entry[] = [];
  readonly #eventsMax: number;
  #events = 0;

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** An answer to the client; never dropped. */
  pushControl(frame: Buffer): void {
    this.#entries.push({ kind: 'control', frame });
  }

  /** Returns how many events were dropped for it. */
  pushEvent(event: RunEvent): number {
    this.#entries.push({ kind: 'event', event });
    this.#events += 1;
    if (this.#events <= this.#eventsMax) return 0;
    this.#dropOldest();
    return 1;
  }

  /** Takes the next frame to send. */
  next(): Buffer | undefined {
    const entry = this.#entries.shift();
    if (entry === undefined) return undefined;
    if (entry.kind === 'control') return entry.frame;
    if (entry.kind === 'gap') return gapFrame(entry);
    this.#events -= 1;
    return entry.event.frame;
  }

  /** Forgets what waits for a topic that is watched no more. */
  forget(topic: string): void {
    const kept = this.#entries.filter((entry) => topicOf(entry) !== topic);
    this.#entries.splice(0, this.#entries.length, ...kept);
    this.#events = kept.filter((entry) => entry.kind === 'event').length;
  }

  #dropOldest(): void {
    const index = this.#entries.findIndex((entry) => entry.kind === 'event');
    const oldest = this.#entries[index];
    if (oldest?.kind !== 'event') return;
    this.#events -= 1;
    const { topic, seq } = oldest.event;
    const gap = this.#entries.slice(0, index).find((entry) => entry.kind === 'gap' && entry.topic === topic);
    if (gap?.kind === 'gap') {
      gap.dropped += 1;
      this.#entries.splice(index, 1);
    } else {
      this.#entries[index] = { kind: 'gap', topic, dropped: 1, afterSeq: seq - 1 };
    }
  }
}

function topicOf(entry: Entry): string | undefined {
  if (entry.kind === 'gap') return entry.topic;
  return entry.kind === 'event' ? entry.event.topic : undefined;
}

function gapFrame({
  topic,
  dropped,
  afterSeq,
}: {
  topic: string;
  dropped: number;
  afterSeq: number;
}): Buffer {
  return Buffer.from(JSON.stringify({ op: 'gap', topic, dropped, cursor: String(afterSeq) }));
}
