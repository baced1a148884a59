import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { replyTo, type ModelRequest, type Reply, type Respond } from './reply.ts';
import { simulatedId } from './simulated-id.ts';

interface ModelSandboxOptions {
  /** Default: any free one of 127.0.0.1. */
  port?: number;
  respond?: Respond;
}

export interface ModelSandbox {
  /** To be used as ANTHROPIC_BASE_URL. */
  url: string;
  /** All well-formed calls of `POST /v1/messages`, in order. */
  requests: ModelRequest[];
  /** Decides what is answered from now on. */
  respondWith(respond: Respond): void;
  /** Cuts open connections, too. */
  close(): Promise<void>;
}

/**
 * Starts a local server that speaks Anthropic's Messages protocol (tested with its SDK) without any model: answers are
 * made by simple rules, the same for the same request, and labelled: `model` is `simulated-<requested model>`. Every
 * key but `invalid` is taken.
 */
export async function startModelSandbox(options: ModelSandboxOptions = {}): Promise<ModelSandbox> {
  const { port = 0, respond = () => undefined } = options;
  const requests: ModelRequest[] = [];
  let responder: Respond = respond;
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const reply = replyTo(await callOf(incoming), (request) => {
        requests.push(request);
        return responder(request);
      });
      if (reply === 'cut') outgoing.destroy();
      else if (reply !== 'hang') await send(outgoing, reply);
    };
    // A client that went away, or a responder that throws.
    answer().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model sandbox has no port');
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

async function callOf(incoming: IncomingMessage) {
  const { method = '', url = '/', headers } = incoming;
  return { method, path: new URL(url, 'http://localhost').pathname, headers, body: await buffer(incoming) };
}

async function send(
  outgoing: ServerResponse,
  { status = 200, headers, body, delayMs = 0 }: Reply,
): Promise<void> {
  // Unref: a slow answer does not keep the process of a finished test alive.
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'request-id': simulatedId('req'),
    ...headers,
  });
  outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
}
