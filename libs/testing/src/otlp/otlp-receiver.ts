import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { readExportRequest } from './otlp-protobuf.ts';
import { spansOf } from './otlp-json.ts';
import type { ReceivedSpan } from './received-span.ts';

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  /** All spans that came, in the order in which they came. */
  spans: ReceivedSpan[];
  /** Of each export. */
  headers: IncomingHttpHeaders[];
  /** Each export as text, for what must not be in it. */
  bodies: string[];
  /** The status of the answers from now on. At first 200. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** A collector that keeps the spans it gets over OTLP/HTTP, as JSON or as protobuf; `port`: where it is to listen. */
export async function startOtlpReceiver(port = 0): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const bodies: string[] = [];
  let status = 200;
  const receive = async (request: IncomingMessage): Promise<void> => {
    const sent = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    headers.push(request.headers);
    if (status !== 200 || request.url !== '/v1/traces') return;
    bodies.push(body.toString('utf8'));
    const isJson = request.headers['content-type'] === 'application/json';
    spans.push(...spansOf(isJson ? JSON.parse(body.toString('utf8')) : readExportRequest(body)));
  };
  const server = createServer((request, response) => {
    receive(request).then(
      () => response.writeHead(status, { 'content-type': request.headers['content-type'] }).end(),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    headers,
    bodies,
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
