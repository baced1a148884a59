import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isRunning, type Server } from '@aos/tooling';
import { startNats, startPostgres, startRedis, startS3 } from '@aos/testing';

const SERVERS: readonly (readonly [string, () => Promise<Server>])[] = [
  ['Postgres', startPostgres],
  ['Redis', startRedis],
  ['NATS', () => startNats({ withStreams: false })],
];

function processOf(server: Server) {
  const record = server.process();
  if (record === undefined) throw new Error('these tests need servers that run as processes');
  return record;
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe.each(SERVERS)('%s', (_name, start) => {
  it('comes back on the same port after kill -9, after stop and in the middle of work', async () => {
    const server = await start();
    const { port } = server;
    const first = processOf(server);

    await server.kill();
    expect(isRunning(first)).toBe(false);
    expect(await accepts(port)).toBe(false);
    await server.restart();
    expect(await accepts(port)).toBe(true);

    await server.restart();
    expect(await accepts(port)).toBe(true);

    await server.stop();
    expect(await accepts(port)).toBe(false);
    await server.restart();
    expect(server.port).toBe(port);
    expect(processOf(server)).not.toEqual(first);
    await server.stop();
  });
});

describe('Postgres', () => {
  it('never runs as root', async () => {
    const server = await startPostgres();
    const status = readFileSync(`/proc/${processOf(server).pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+[1-9]/m);
    await server.stop();
  });
});
