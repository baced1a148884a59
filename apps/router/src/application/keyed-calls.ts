import { randomUUID } from 'node:crypto';
import { errorOf, fail, succeed, type LlmCompletion, type StructuredOutcome } from '@aos/contracts';
import type { Claim, Clock, KeyedRequest, LlmObserver, ReplyStore } from './ports.ts';

type Reply = StructuredOutcome<LlmCompletion>;

interface KeyedCallsParts {
  replies: ReplyStore;
  clock: Clock;
  observer: LlmObserver;
  /** How long after its process died a call may be made by another one. Default 15 s. */
  leaseMs?: number;
}

const LEASE_MS = 15_000;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 1_000;

/**
 * One call per key: whoever asks with a key that is being worked on gets the reply of that call, in this process by
 * waiting for it, in another one by looking for the kept reply. A call that failed frees its key. Two calls are made
 * only if a process dies within the first, or loses the database for longer than a lease.
 */
export class KeyedCalls {
  readonly #parts: KeyedCallsParts;
  readonly #leaseMs: number;
  readonly #underWay = new Map<string, { requestHash: Buffer; reply: Promise<Reply> }>();

  constructor(parts: KeyedCallsParts) {
    this.#parts = parts;
    this.#leaseMs = parts.leaseMs ?? LEASE_MS;
  }

  /** `call` is made at most once at a time for a key; it must have kept its reply when it resolves with one. */
  async once(
    request: KeyedRequest,
    deadlineMs: number,
    call: (claim: Claim) => Promise<Reply>,
  ): Promise<Reply> {
    const place = `${request.tenantId} ${request.key}`;
    for (;;) {
      const first = this.#underWay.get(place);
      if (first === undefined) {
        const reply = this.#claimAndCall(request, deadlineMs, call).finally(() =>
          this.#underWay.delete(place),
        );
        this.#underWay.set(place, { requestHash: request.requestHash, reply });
        return reply;
      }
      if (!first.requestHash.equals(request.requestHash)) return fail(conflict());
      const reply = await first.reply;
      if (reply.ok) return replayed(reply.value);
      // The first one had less time; with the key free again this one makes its own call.
      if (reply.error.code !== 'deadline_exceeded' || !this.#hasTime(deadlineMs)) return reply;
    }
  }

  async #claimAndCall(
    request: KeyedRequest,
    deadlineMs: number,
    call: (claim: Claim) => Promise<Reply>,
  ): Promise<Reply> {
    const { replies, clock } = this.#parts;
    const claim: Claim = { ...request, claimId: randomUUID() };
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      const found = await replies.claim(claim, this.#leaseMs);
      if (found.state === 'claimed') return this.#holding(claim, () => call(claim));
      if (found.state === 'kept') return replayed(found.completion);
      if (found.state === 'conflict') return fail(conflict());
      if (!this.#hasTime(deadlineMs - pauseMs)) return fail(stillUnderWay());
      await clock.sleep(pauseMs);
    }
  }

  /** Renews the lease while the call is under way. */
  async #holding(claim: Claim, call: () => Promise<Reply>): Promise<Reply> {
    const { replies, observer } = this.#parts;
    const renew = (): void => {
      replies
        .renew(claim, this.#leaseMs)
        .catch((error: unknown) => observer.trouble('renewing a lease', error));
    };
    const renewing = setInterval(renew, this.#leaseMs / 3);
    try {
      const reply = await call();
      if (!reply.ok) await this.#free(claim);
      return reply;
    } finally {
      clearInterval(renewing);
    }
  }

  /** A key that cannot be given back is free when its lease ends. */
  async #free(claim: Claim): Promise<void> {
    try {
      await this.#parts.replies.free(claim);
    } catch (error) {
      this.#parts.observer.trouble('freeing an idempotency key', error);
    }
  }

  #hasTime(deadlineMs: number): boolean {
    return this.#parts.clock.now() < deadlineMs;
  }
}

function replayed(completion: LlmCompletion): Reply {
  return succeed({ ...completion, replayed: true });
}

function conflict() {
  return errorOf('idempotency_conflict', 'the idempotency key was used for another request');
}

function stillUnderWay() {
  return errorOf('deadline_exceeded', 'the call of this idempotency key is still under way elsewhere');
}
