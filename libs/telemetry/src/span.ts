import { newTraceparent } from './trace-context.ts';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Undefined ones are left out. Never prompts, payloads or secrets: a trace is read by people who may not see those. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

/** Of a failure whose owner is not the platform only the code is recorded: its text may quote what a tenant wrote. */
export interface SpanError {
  code?: string;
  message: string;
  owner?: string;
}

/** A piece of work in a trace. */
export interface Span {
  /** For whoever works on behalf of this span: their parent. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** Marks the work as failed; an ErrorSpec fits. */
  fail(error: SpanError): void;
  /** Once; what comes after it is ignored. */
  end(): void;
}

export interface SpanOptions {
  kind: SpanKind;
  /** A traceparent; without a valid one the span begins a trace. */
  parent?: string | undefined;
  attributes?: SpanAttributes;
}

export type OpenSpan = (name: string, options: SpanOptions) => Span;

/** Carries the trace on and records nothing. */
class UnrecordedSpan implements Span {
  readonly #parent: string | undefined;
  #traceparent: string | undefined;

  constructor(parent: string | undefined) {
    this.#parent = parent;
  }

  /** Made where it is asked for: most spans have nobody work on their behalf. */
  get traceparent(): string {
    return (this.#traceparent ??= newTraceparent(this.#parent));
  }

  set(): void {}

  fail(): void {}

  end(): void {}
}

const openUnrecorded: OpenSpan = (_name, { parent }) => new UnrecordedSpan(parent);

let open = openUnrecorded;

/** A span of this process. Exported where tracing is started; without that it only carries the trace on. */
export function openSpan(name: string, options: SpanOptions): Span {
  return open(name, options);
}

/** Who makes the spans from now on; without an argument nobody records any. */
export function recordSpansWith(recorder: OpenSpan = openUnrecorded): void {
  open = recorder;
}
