import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

interface UpstreamRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** When the asker left before the answer was complete. */
  leftAtMs?: number;
}

/** Answers a request of the router. */
type Script = (request: UpstreamRequest, response: ServerResponse) => void;

const unscripted: Script = (_request, response) => response.writeHead(500).end();

/** A provider that answers what a test tells it. */
export async function startUpstream() {
  const requests: UpstreamRequest[] = [];
  let script: Script = unscripted;
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { url: path = '', headers } = incoming;
    const request: UpstreamRequest = { path, headers, body: await text(incoming) };
    requests.push(request);
    response.once('close', () => {
      if (!response.writableFinished) request.leftAtMs = Date.now();
    });
    script(request, response);
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    answerWith: (next: Script) => {
      script = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function sendJson(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Chunks of a chat completion, each as an event. */
export function chunkEvents(...contents: string[]): string[] {
  return [
    ...contents.map((content) => chunkOf({ index: 0, delta: { content }, finish_reason: null })),
    chunkOf({ index: 0, delta: {}, finish_reason: 'stop' }),
  ].map((event) => `data: ${JSON.stringify({ ...event, usage: null })}\n\n`);
}

function chunkOf(choice: object) {
  return { id: 'c1', object: 'chat.completion.chunk', model: 'served', choices: [choice] };
}

export const USAGE_EVENT = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'served', choices: [], usage: { prompt_tokens: 42, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } } })}\n\n`;
export const DONE = 'data: [DONE]\n\n';
