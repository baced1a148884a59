import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import { freePort } from '../free-port.ts';
import type { Say } from '../paths.ts';
import { waitUntil } from '../wait-until.ts';
import { answersOn } from './probe.ts';
import type { Server } from './server.ts';
import { shortHash } from '../short-hash.ts';

// Servers in containers, where a container engine answers. Written from the documentation of testcontainers and not
// tried: there was no engine to try it with. Where it fails, a program on the machine is started instead.

export interface ContainerRecipe {
  image: string;
  /** Inside the container. */
  port: number;
  /** What is sent and what must come back before the server counts as started. */
  probe: { send: string; expected: string };
  env?: Record<string, string>;
  command?: string[];
  /** Files put into the container before it starts. */
  files?: { content: string; target: string }[];
}

/** Marks a data folder whose server is a container; holds its id. */
export const CONTAINER_FILE = '.container.json';

interface ContainerFile {
  id: string;
  port: number;
}

const SOCKETS = ['/var/run/docker.sock', `${homedir()}/.docker/run/docker.sock`];

/** A cheap look, before the client library is loaded. `AOS_SERVERS=programs` keeps containers out. */
function mayHaveEngine(): boolean {
  if (process.env['AOS_SERVERS'] === 'programs') return false;
  return process.env['DOCKER_HOST'] !== undefined || SOCKETS.some((socket) => existsSync(socket));
}

interface ContainerOptions {
  dataDir: string;
  port?: number;
  log: Say;
}

/** Starts the container of that data folder, new or made earlier: the data lives inside. Undefined: no engine serves. */
export async function tryContainer(
  { dataDir, port: wished, log }: ContainerOptions,
  recipe: ContainerRecipe,
): Promise<Server | undefined> {
  if (!mayHaveEngine()) return undefined;
  try {
    log(`${basename(dataDir)}: starting a container of ${recipe.image}`);
    return await startContainer(dataDir, wished, recipe);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`${basename(dataDir)}: containers do not serve here (${reason})`);
    return undefined;
  }
}

async function startContainer(
  dataDir: string,
  wished: number | undefined,
  recipe: ContainerRecipe,
): Promise<Server> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const { container: containers } = await getContainerRuntimeClient();
  const port = readContainerFile(dataDir)?.port ?? (await freePort(wished));
  const suffix = shortHash(dataDir);
  const started = await new GenericContainer(recipe.image)
    .withName(`aos-${basename(dataDir)}-${suffix}`)
    .withExposedPorts({ container: recipe.port, host: port })
    .withEnvironment(recipe.env ?? {})
    .withCommand(recipe.command ?? [])
    .withCopyContentToContainer(recipe.files ?? [])
    .withReuse()
    .start();
  const file: ContainerFile = { id: started.getId(), port };
  mkdirSync(dirname(dataDir), { recursive: true });
  writeFileSync(`${dataDir}${CONTAINER_FILE}`, JSON.stringify(file));
  const container = containers.getById(file.id);
  const isReady = async () => {
    await waitUntil(() => answersOn(port, recipe.probe.send, recipe.probe.expected), {
      timeoutMs: 60_000,
      what: `${recipe.image} takes requests`,
    });
  };
  await isReady();
  return {
    port,
    process: () => undefined,
    stop: () => containers.stop(container),
    kill: async () => {
      await container.kill();
    },
    restart: async () => {
      await containers.restart(container);
      await isReady();
    },
  };
}

/** Stops the container of that data folder, if there is one; `wipe` removes it with its data. */
export async function stopContainer(dataDir: string, wipe: boolean): Promise<void> {
  const file = readContainerFile(dataDir);
  if (file === undefined) return;
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { container: containers } = await getContainerRuntimeClient();
  const container = containers.getById(file.id);
  await containers.stop(container);
  if (!wipe) return;
  await containers.remove(container, { removeVolumes: true });
  rmSync(`${dataDir}${CONTAINER_FILE}`);
}

/** The container of that data folder. */
export function readContainerFile(dataDir: string): ContainerFile | undefined {
  const file = `${dataDir}${CONTAINER_FILE}`;
  if (!existsSync(file)) return undefined;
  const record: ContainerFile = JSON.parse(readFileSync(file, 'utf8'));
  return record;
}
