import { on } from 'node:events';
import { serverFrame, type CloudEvent, type ServerFrame } from '@aos/contracts';
import { WebSocket } from 'ws';
import type { Settings } from '../settings.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** The server pings several times within this; a silent connection is dead. */
const SILENCE_MS_MAX = 90_000;

/** Events of a run after `after` over one WebSocket; ends when that is closed or cannot be opened. */
export async function* streamEvents(
  settings: Settings,
  runId: string,
  after: number,
): AsyncGenerator<CloudEvent, void> {
  const socket = open(settings);
  const topic = `run:${runId}`;
  let position = after;
  const subscribe = () => socket.send(JSON.stringify({ op: 'subscribe', topic, after: String(position) }));
  socket.once('open', subscribe);
  let isCurrent = false;
  try {
    for await (const frame of framesOf(socket)) {
      if (frame.op === 'error') return;
      if (frame.op === 'subscribed') isCurrent = true;
      if (frame.op === 'gap') {
        // What follows the gap comes again with what was dropped.
        isCurrent = false;
        subscribe();
      }
      if (frame.op !== 'event' || !isCurrent || (frame.event.runseq ?? 0) <= position) continue;
      position = frame.event.runseq ?? position;
      yield frame.event;
    }
  } finally {
    socket.terminate();
  }
}

function open({ streamUrl, apiKey, tenantId }: Settings): WebSocket {
  const socket = new WebSocket(streamUrl, {
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
    headers: { 'x-aos-key': apiKey, ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }) },
  });
  // Errors end the stream where it is read; one that comes later than that concerns nobody.
  socket.on('error', () => undefined);
  const silence = setTimeout(() => socket.terminate(), SILENCE_MS_MAX);
  for (const sign of ['open', 'ping', 'message'] as const) socket.on(sign, () => silence.refresh());
  socket.once('close', () => clearTimeout(silence));
  return socket;
}

async function* framesOf(socket: WebSocket): AsyncGenerator<ServerFrame, void> {
  try {
    for await (const [data] of on(socket, 'message', { close: ['close'] })) {
      const frame = serverFrame.safeParse(JSON.parse(String(data)));
      if (frame.success) yield frame.data;
    }
  } catch {
    // Not reachable, refused, or cut: the stream is over, whoever reads it goes on elsewhere.
  }
}
