import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { answersOk, freePort, type Server } from '@aos/tooling';
import type { Site, System } from '../system.ts';
import { installPeer } from './install-peer.ts';
import { startPeerProcess } from './peer-process.ts';

const SERVER = '@restatedev/restate-server';
const PLATFORM = `${SERVER}-${process.platform}-${process.arch}`;
const VERSION = '1.7.12';
const DEPENDENCIES = { '@restatedev/restate-sdk': '1.17.2', [SERVER]: VERSION, [PLATFORM]: VERSION };

/** Restate: a server with a log of its own, which calls the worker over HTTP/2; its settings are the defaults. */
export async function openRestate(site: Site): Promise<System> {
  const folder = await installPeer('restate', DEPENDENCIES, site.say);
  const ports = { node: await freePort(), ingress: await freePort(), admin: await freePort() };
  const server = await startServer(site, folder, ports);
  const worker = await startWorker(site, folder);
  await register(ports.admin, worker.port);
  return {
    target: { kind: 'http', url: `http://127.0.0.1:${ports.ingress}`, isHeld: true },
    processes: () => ({ server: server.process()?.pid ?? 0, worker: worker.process()?.pid ?? 0 }),
    worker,
    close: async () => {
      await worker.stop();
      await server.stop();
    },
  };
}

const place = (port: number) => `127.0.0.1:${port}`;

type Ports = Record<'node' | 'ingress' | 'admin', number>;

function startServer(site: Site, folder: string, ports: Ports): Promise<Server> {
  const data = join(site.data, 'restate');
  mkdirSync(data, { recursive: true });
  const config = join(data, 'restate.toml');
  const lines = [
    `base-dir = "${data}"`,
    'bind-ip = "127.0.0.1"',
    'listen-mode = "tcp"',
    'disable-telemetry = true',
    'auto-provision = true',
    `bind-port = ${ports.node}`,
    `advertised-address = "http://${place(ports.node)}"`,
    '[ingress]',
    `bind-address = "${place(ports.ingress)}"`,
    '[admin]',
    `bind-address = "${place(ports.admin)}"`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return startPeerProcess({
    name: 'restate-server',
    port: ports.admin,
    command: join(folder, 'node_modules', PLATFORM, 'bin/restate-server'),
    args: ['--no-logo', '-c', config],
    folder: site.logs,
    isReady: () => answersOk(`http://${place(ports.admin)}/health`),
  });
}

async function startWorker(site: Site, folder: string): Promise<Server> {
  const port = await freePort();
  return startPeerProcess({
    name: 'restate-worker',
    port,
    args: ['--enable-source-maps', join(import.meta.dirname, 'restate.worker.ts')],
    env: { PEER_FOLDER: folder, PORT: String(port) },
    folder: site.logs,
    isReady: () => isListening(port),
  });
}

/** Its worker speaks HTTP/2 only. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

async function register(adminPort: number, workerPort: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${workerPort}` }),
  });
  if (!response.ok) throw new Error(`the worker was not registered: ${await response.text()}`);
}
