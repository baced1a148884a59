import { errorOf, fail, type RequestContext, type StructuredOutcome } from '@aos/contracts';

/** A message that its consumer could not handle. What its headers do not say is null. */
export interface DeadLetter {
  sequence: number;
  /** Where it lies; its own was `subject`. */
  deadSubject: string;
  subject: string | null;
  reason: string | null;
  deliveries: number | null;
  traceparent: string | null;
  storedAt: string;
  payload: Uint8Array;
}

/** The dead letters of all consumers. Methods reject with DeadLettersUnavailableError while they cannot be reached. */
export interface DeadLetters {
  get(sequence: number): Promise<DeadLetter | undefined>;
  /** The first at or after `sequence`. */
  next(sequence: number, consumer: string | undefined): Promise<DeadLetter | undefined>;
  /** Resolves when it is stored; repeated within minutes it is stored once. */
  republish(letter: DeadLetter, subject: string): Promise<void>;
  /** False: there is no such letter. */
  delete(sequence: number): Promise<boolean>;
}

export class DeadLettersUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the dead letters cannot be reached', { cause });
    this.name = 'DeadLettersUnavailableError';
  }
}

type UseCase<In, Out> = (context: RequestContext, input: In) => Promise<StructuredOutcome<Out>>;

/** Dead letters that cannot be reached are a failure to be repeated. */
export function whileReachable<In, Out>(useCase: UseCase<In, Out>): UseCase<In, Out> {
  return async (context, input) => {
    try {
      return await useCase(context, input);
    } catch (error) {
      if (!(error instanceof DeadLettersUnavailableError)) throw error;
      return fail(errorOf('unavailable', 'the dead letters cannot be reached', { retryAfterMs: 1_000 }));
    }
  };
}
