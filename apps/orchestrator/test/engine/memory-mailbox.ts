import { errorOf, type Message } from '@aos/contracts';
import type {
  Delivery,
  Mailbox,
  MessageWait,
  NewMessage,
  RunPlace,
  Taking,
} from '../../src/application/messages/mailbox.ts';

interface Kept {
  sent: NewMessage;
  message: Message;
  taken: { runId: string; key: string } | null;
  isReceived: boolean;
}

interface Wait extends MessageWait {
  until: string;
}

interface Surroundings {
  hasAgent: (agentKey: string) => boolean;
  isRunning: (runId: string) => boolean;
  /** Leaves a signal for a step that waits. */
  wake: (place: RunPlace & { stepId: string }) => void;
}

/** The mailboxes in memory, each method one indivisible step. */
export class MemoryMailbox implements Mailbox {
  /** In the order of sending. */
  readonly kept: Kept[] = [];
  readonly #waits = new Map<string, Wait>();
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async send(sent: NewMessage): Promise<Delivery> {
    const { tenantId, agentId, idempotencyKey } = sent;
    const first = this.kept.find(
      ({ sent: other }) =>
        idempotencyKey !== null && other.tenantId === tenantId && other.idempotencyKey === idempotencyKey,
    );
    if (first !== undefined) {
      if (first.sent.requestHash === sent.requestHash) return { kind: 'repeated', message: first.message };
      return { kind: 'refused', error: errorOf('idempotency_conflict', 'another message') };
    }
    if (!this.#surroundings.hasAgent(`${tenantId}/${agentId}`))
      return { kind: 'refused', error: errorOf('not_found', 'no such agent') };
    const kept = { sent, message: messageOf(sent), taken: null, isReceived: false };
    this.kept.push(kept);
    return { kind: 'sent', message: kept.message, waiting: this.#tellWaiting(kept) };
  }

  async take(wait: MessageWait): Promise<Taking> {
    const before = this.kept.find(({ taken }) => taken?.key === wait.key);
    if (before !== undefined) return { kind: 'taken', message: before.message };
    if (!this.#surroundings.isRunning(wait.runId)) return { kind: 'gone' };
    const oldest = this.kept.find((kept) => kept.taken === null && suits(kept, wait));
    if (oldest !== undefined) {
      oldest.taken = { runId: wait.runId, key: wait.key };
      this.#waits.delete(wait.key);
      return { kind: 'taken', message: oldest.message };
    }
    const until =
      this.#waits.get(wait.key)?.until ?? new Date(Date.parse(wait.now) + wait.timeoutMs).toISOString();
    this.#waits.set(wait.key, { ...wait, until });
    return until > wait.now ? { kind: 'waits', until } : { kind: 'expired' };
  }

  /** Their taking stands in the journal. */
  receive(keys: readonly string[]): void {
    for (const kept of this.kept)
      if (kept.taken !== null && keys.includes(kept.taken.key)) kept.isReceived = true;
  }

  /** The run has ended: what it took and never received is for others. */
  giveUp(runId: string): void {
    for (const [key, wait] of this.#waits) if (wait.runId === runId) this.#waits.delete(key);
    for (const kept of this.kept) {
      if (kept.taken?.runId !== runId || kept.isReceived) continue;
      kept.taken = null;
      this.#tellWaiting(kept);
    }
  }

  #tellWaiting(kept: Kept): RunPlace[] {
    const told = [...this.#waits.values()].filter((wait) => suits(kept, wait));
    for (const { tenantId, runId, stepId } of told) this.#surroundings.wake({ tenantId, runId, stepId });
    return told.map(({ tenantId, runId }) => ({ tenantId, runId }));
  }
}

function suits({ sent }: Kept, { tenantId, agentId, type, correlationId }: MessageWait): boolean {
  if (sent.tenantId !== tenantId || sent.agentId !== agentId) return false;
  if (type !== null && sent.content.type !== type) return false;
  return correlationId === null || sent.content.correlation_id === correlationId;
}

function messageOf({ messageId, agentId, from, content, createdAt }: NewMessage): Message {
  return {
    message_id: messageId,
    from,
    to: { agent_id: agentId },
    type: content.type,
    body: content.body,
    correlation_id: content.correlation_id ?? null,
    reply_to: content.reply_to ?? null,
    created_at: createdAt,
  };
}
