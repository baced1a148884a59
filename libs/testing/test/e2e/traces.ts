import { expect } from '@jest/globals';
import { waitUntil, type ReceivedSpan } from '@aos/testing';

/** The spans of one trace as the collector has them. */
export class Trace {
  readonly #received: () => readonly ReceivedSpan[];
  readonly id: string;
  /** The span of whoever asks, which no service has. */
  readonly callerSpanId = '00f067aa0ba902b7';

  /** `received` says all that a collector has. */
  constructor(received: () => readonly ReceivedSpan[], id: string) {
    this.#received = received;
    this.id = id;
  }

  /** What the caller sends. */
  get traceparent(): string {
    return `00-${this.id}-${this.callerSpanId}-01`;
  }

  get spans(): ReceivedSpan[] {
    return this.#received().filter(({ traceId }) => traceId === this.id);
  }

  named(name: string, service?: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name && (service ?? span.service) === span.service);
  }

  /** The first span of this name, as soon as it has come. */
  async span(name: string, service?: string): Promise<ReceivedSpan> {
    return waitUntil(() => this.named(name, service)[0], { what: `the span ${name}` });
  }

  /** From this span up to the caller: `service name`, in that order. A parent that never came ends the way. */
  wayUp(from: ReceivedSpan): string[] {
    const way: string[] = [];
    let span: ReceivedSpan | undefined = from;
    while (span !== undefined) {
      const { service, name, parentSpanId }: ReceivedSpan = span;
      way.push(`${service.replace('aos-', '')}: ${name}`);
      if (parentSpanId === this.callerSpanId) return [...way, 'caller'];
      span = this.spans.find(({ spanId }) => spanId === parentSpanId);
    }
    return way;
  }

  /** Every span hangs on the caller. */
  expectWhole(): void {
    const loose = this.spans.filter((span) => this.wayUp(span).at(-1) !== 'caller');
    expect(loose.map(({ service, name }) => `${service}: ${name}`)).toEqual([]);
  }
}
