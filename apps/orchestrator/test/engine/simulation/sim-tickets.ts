import type { Ticket } from '../../../src/application/engine/ports.ts';
import type { HeldTicket, TicketSource } from '../../../src/application/engine/ticket-keeper.ts';
import type { Actor, World } from './world.ts';

const ACK_WAIT_MS = 30_000;

interface Waiting {
  payload: string;
  /** Not given to anybody before: it is held, or was lost on its way. */
  dueMs: number;
  deliveries: number;
}

/** The work queue: a ticket that is neither acknowledged nor kept comes again after a while, one given back at once. */
export class SimTickets {
  readonly #world: World;
  readonly #lossRate: number;
  readonly #waiting = new Set<Waiting>();
  /** By the name of the process that was told of them and has not said what becomes of them. */
  readonly #held = new Map<string, Set<Waiting>>();
  #arrived = Promise.withResolvers<void>();

  constructor(world: World, lossRate: number) {
    this.#world = world;
    this.#lossRate = lossRate;
  }

  put(tickets: readonly Ticket[]): void {
    for (const { runId } of tickets)
      this.#waiting.add({ payload: JSON.stringify({ run_id: runId }), dueMs: 0, deliveries: 0 });
    this.#ring();
  }

  /** Of tickets that a process was given and never settled. */
  heldBy({ name }: Actor): number {
    return this.#held.get(name)?.size ?? 0;
  }

  /** The queue as one process pulls from it. */
  sourceOf(actor: Actor): TicketSource {
    return { fetch: (max, { waitMs, signal }) => this.#fetch(actor, max, waitMs, signal) };
  }

  async #fetch(actor: Actor, max: number, waitMs: number, signal?: AbortSignal): Promise<HeldTicket[]> {
    const endMs = this.#world.nowMs + waitMs;
    for (;;) {
      const tickets = await this.#world.call({
        actor,
        what: 'tickets.fetch',
        onLost: () => [],
        mayComeLate: false,
        apply: async () => this.#deliver(max),
      });
      const leftMs = endMs - this.#world.nowMs;
      if (tickets.length > 0 || leftMs <= 0 || signal?.aborted === true) return this.#give(actor, tickets);
      await Promise.race([this.#world.sleep(actor, leftMs, signal), this.#arrived.promise]);
    }
  }

  #deliver(max: number): Waiting[] {
    const due = [...this.#waiting].filter(({ dueMs }) => dueMs <= this.#world.nowMs).slice(0, max);
    for (const ticket of due) this.#hold(ticket);
    return due;
  }

  /** From now on for as long as a ticket may be held without a word. */
  #hold(ticket: Waiting): void {
    ticket.dueMs = this.#world.nowMs + ACK_WAIT_MS;
    ticket.deliveries += 1;
  }

  #give(actor: Actor, tickets: readonly Waiting[]): HeldTicket[] {
    const held = this.#held.get(actor.name) ?? new Set();
    this.#held.set(actor.name, held);
    return tickets.map((ticket) => {
      held.add(ticket);
      const { deliveries } = ticket;
      /** What comes after the queue gave it to another says nothing. */
      const tell = (act: () => void): void => {
        const isLost = !this.#world.isCalm && this.#world.random.isTrue(this.#lossRate);
        if (!actor.isDead && !isLost && ticket.deliveries === deliveries) act();
      };
      const settle = (act: () => void): void => {
        held.delete(ticket);
        tell(act);
      };
      return {
        payload: ticket.payload,
        ack: () => settle(() => this.#waiting.delete(ticket)),
        nak: () => settle(() => this.#giveBack(ticket)),
        working: () => tell(() => (ticket.dueMs = this.#world.nowMs + ACK_WAIT_MS)),
      };
    });
  }

  #giveBack(ticket: Waiting): void {
    ticket.dueMs = this.#world.nowMs;
    this.#ring();
  }

  #ring(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
