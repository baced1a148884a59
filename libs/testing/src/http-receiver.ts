import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  atMs: number;
}

export interface CannedResponse {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

type Responder = (request: ReceivedRequest) => CannedResponse | Promise<CannedResponse>;

export interface HttpReceiver {
  /** Without a slash at the end. */
  url: string;
  /** All that came, in order. */
  requests: ReceivedRequest[];
  /** Replaces what is answered from now on; at first 200 without a body. */
  respondWith(responder: Responder): void;
  /** Cuts open connections, too. */
  close(): Promise<void>;
}

const answerOk: Responder = () => ({});

/** A local HTTP server that keeps what it receives: the other end of webhooks and calls. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  let responder = answerOk;
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: await text(incoming), atMs: Date.now() };
      requests.push(request);
      const response = await responder(request);
      outgoing.writeHead(response.status ?? 200, response.headers).end(response.body);
    };
    // A client that went away, or a responder that throws: the connection is cut, as a broken server would.
    answer().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    respondWith: (next) => {
      responder = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
