import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { RunPlace } from './ports.ts';
import { RunTopic, type TopicSources } from './run-topic.ts';

interface Entry {
  topic: RunTopic;
  opened: Promise<StructuredOutcome<void>>;
  holders: number;
}

/** The topics watched in this process: opened by the first who asks, closed with the last. */
export class TopicRegistry {
  readonly #sources: TopicSources;
  readonly #entries = new Map<string, Entry>();

  constructor(sources: TopicSources) {
    this.#sources = sources;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** An open topic, to be given back with `release`; on failure there is nothing to give back. */
  async hold(place: RunPlace): Promise<StructuredOutcome<RunTopic>> {
    const entry = this.#entries.get(keyOf(place)) ?? this.#open(place);
    entry.holders += 1;
    const opened = await entry.opened;
    if (opened.ok) return succeed(entry.topic);
    this.release(entry.topic);
    return opened;
  }

  release(topic: RunTopic): void {
    const key = keyOf(topic.place);
    const entry = this.#entries.get(key);
    if (entry?.topic !== topic) return;
    entry.holders -= 1;
    if (entry.holders > 0) return;
    this.#entries.delete(key);
    topic.close();
  }

  /** Live events may have been missed on every topic: read the journals. */
  fillAll(): void {
    for (const { topic } of this.#entries.values()) topic.fill();
  }

  #open(place: RunPlace): Entry {
    const topic = new RunTopic(place, this.#sources);
    const entry = { topic, opened: topic.open(), holders: 0 };
    this.#entries.set(keyOf(place), entry);
    return entry;
  }
}

function keyOf({ tenantId, runId }: RunPlace): string {
  return `${tenantId}/${runId}`;
}
