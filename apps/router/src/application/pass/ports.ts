import type { ErrorSpec, StructuredOutcome } from '@aos/contracts';
import type { Model } from '../../domain/model.ts';

/** A request to a provider as bytes. */
export interface UpstreamRequest {
  model: Model;
  /** Of the provider's API, such as `/chat/completions`. */
  path: string;
  /** What of the client's headers the provider understands. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** How long the provider may be silent. */
  timeoutMs: number;
}

/** Something on its way that can be given up. */
export interface Underway<T> {
  answered: Promise<StructuredOutcome<T>>;
  /** Ends the connection to the provider; `answered` fails if it has not been. */
  abort: () => void;
}

/** An answer that came whole. */
export interface WholeAnswer {
  contentType: string;
  body: Buffer;
}

/** An answer that has begun. */
export interface StreamedAnswer {
  contentType: string;
  /** The bytes that are there; nothing more comes before `readTo`. */
  first: Buffer;
  /** Once; the sink gets what comes after the first bytes, then `end` or `fail`. */
  readTo: (sink: StreamSink) => void;
  pause: () => void;
  resume: () => void;
}

export interface StreamSink {
  data(bytes: Buffer): void;
  end(): void;
  /** The provider was lost in mid-answer. */
  fail(error: ErrorSpec): void;
}

/** The way to providers for bytes that need no reading. */
export interface Upstream {
  fetch(request: UpstreamRequest): Underway<WholeAnswer>;
  stream(request: UpstreamRequest): Underway<StreamedAnswer>;
}

/** The client's end of a call. */
export interface ClientReply {
  send(answer: WholeAnswer): void;
  /** Before the first bytes of a stream. */
  begin(contentType: string): void;
  /** False: the client does not take them as fast; `onDrain` tells when it does again. */
  write(bytes: Buffer): boolean;
  end(): void;
  /** Tells in the client's API that the stream has failed, and ends it. */
  fail(error: ErrorSpec): void;
  onDrain(callback: () => void): void;
  /** Called once if the client goes before its answer is complete. */
  onLeave(callback: () => void): void;
}
