import { once } from 'node:events';
import { serverFrame, type Problem, type ServerFrame } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { WebSocket } from 'ws';

type FrameOf<Op extends ServerFrame['op']> = Extract<ServerFrame, { op: Op }>;

/** A watcher that keeps every frame it receives. */
export class StreamClient {
  readonly frames: ServerFrame[] = [];
  closedWith: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.frames.push(serverFrame.parse(JSON.parse(data.toString()))));
    socket.on('close', (code) => (this.closedWith = code));
  }

  static async open(url: string, key = 'key-acme'): Promise<StreamClient> {
    const socket = new WebSocket(`${url}/v1/stream`, { headers: { 'x-aos-key': key } });
    const client = new StreamClient(socket);
    await once(socket, 'open');
    return client;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  subscribe(runId: string, after?: string): void {
    this.send({ op: 'subscribe', topic: `run:${runId}`, ...(after === undefined ? {} : { after }) });
  }

  of<Op extends ServerFrame['op']>(op: Op): FrameOf<Op>[] {
    return this.frames.filter((frame): frame is FrameOf<Op> => frame.op === op);
  }

  /** The cursors of the events received of a run. */
  seqs(runId: string): number[] {
    return this.of('event')
      .filter(({ topic }) => topic === `run:${runId}`)
      .map(({ cursor }) => Number(cursor));
  }

  /** Resolves with the frames of a kind as soon as there are `count`. */
  received<Op extends ServerFrame['op']>(op: Op, count = 1): Promise<FrameOf<Op>[]> {
    return waitUntil(() => this.of(op).length >= count && this.of(op), { what: `${count} × ${op}` });
  }

  async closed(): Promise<number> {
    return waitUntil(() => this.closedWith, { what: 'the connection closed' });
  }

  close(): void {
    this.socket.terminate();
  }
}

/** What an upgrade is refused with. */
export async function refusal(url: string, headers: Record<string, string>): Promise<Problem> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expectProblem(response.headers['content-type']);
  return { ...JSON.parse(Buffer.concat(chunks).toString()), status: response.statusCode };
}

function expectProblem(contentType: string): void {
  if (contentType !== 'application/problem+json') throw new Error(`answered as ${contentType}`);
}
