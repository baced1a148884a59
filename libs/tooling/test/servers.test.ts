import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isRunning, type Server } from '@aos/tooling';
import { startNats, startPostgres, startRedis, startS3IfAvailable } from '@aos/testing';

const SERVERS: readonly (readonly [string, () => Promise<Server>])[] = [
  ['Postgres', startPostgres],
  ['Redis', startRedis],
  ['NATS', () => startNats({ withStreams: false })],
];

const s3 = await startS3IfAvailable();

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

(s3 === undefined ? describe.skip : describe)('S3', () => {
  it('comes back on the same port after kill -9, without what it kept', async () => {
    if (s3 === undefined) return;
    await s3.createBucket('files');
    await s3.kill();
    expect(await accepts(s3.port)).toBe(false);
    await s3.restart();
    expect(await (await fetch(s3.endpoint)).text()).not.toContain('<Name>');
    await s3.stop();
    expect(await accepts(s3.port)).toBe(false);
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
