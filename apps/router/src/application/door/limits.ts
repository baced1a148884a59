import { centsOf, errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { estimateMicrocents } from '../../domain/estimate.ts';
import type { ChosenCall } from './door-call.ts';

/** What was set aside for a call. */
export interface Reservation {
  /** The call was paid for: what is over is free again. */
  settle(costMicrocents: number): void;
  /** The call was not made, or cost nothing. */
  release(): void;
}

/** Decides before a call is made whether it may be, and sets aside what it may cost. */
export interface Limits {
  reserve(call: ChosenCall): Promise<StructuredOutcome<Reservation>> | StructuredOutcome<Reservation>;
}

const NOTHING: Reservation = { settle: () => undefined, release: () => undefined };

/** The cap that the caller itself names; nothing is set aside for it. */
export const callersCap: Limits = {
  reserve: (call) => {
    const cap = call.maxCostMicrocents;
    if (cap === undefined) return succeed(NOTHING);
    const estimate = estimateMicrocents(call.model, call);
    if (estimate <= cap) return succeed(NOTHING);
    return fail(
      errorOf(
        'budget_exceeded',
        `the call may cost ${centsOf(estimate)} cents and the cap is ${centsOf(cap)}; nothing was called`,
        { details: { estimate_microcents: estimate, max_cost_microcents: cap } },
      ),
    );
  },
};
