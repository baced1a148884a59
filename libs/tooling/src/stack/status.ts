import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROCESS_FILE, runningProcess } from '../processes/process-file.ts';
import { answersOk } from '../processes/service.ts';
import { readContainerFile } from '../servers/container.ts';
import { dataDirOf, logsOf, sandboxPlaceOf, SERVER_PORTS, SERVICE_PORTS } from './layout.ts';

export interface PartStatus {
  name: string;
  /** `ready`: a service whose /health/ready is 200, a server whose process runs. */
  state: 'ready' | 'not_ready' | 'stopped';
  /** Null: stopped, or in a container. */
  pid: number | null;
  port: number | null;
}

/** What runs of the stack, servers first; the model sandbox only where it was asked for. */
export async function stackStatus(stateDir: string): Promise<PartStatus[]> {
  const servers = namesOf(SERVER_PORTS).map((name) => serverStatus(name, dataDirOf(stateDir, name)));
  const sandbox = sandboxPlaceOf(stateDir);
  if (existsSync(`${sandbox}${PROCESS_FILE}`)) servers.push(serverStatus('model-sandbox', sandbox));
  const services = namesOf(SERVICE_PORTS).map((name) => serviceStatus(name, logsOf(stateDir)));
  return [...servers, ...(await Promise.all(services))];
}

function namesOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table).filter((name): name is K => name in table);
}

function serverStatus(name: string, dataDir: string): PartStatus {
  const running = runningProcess(`${dataDir}${PROCESS_FILE}`);
  if (running !== undefined) return { name, state: 'ready', pid: running.pid, port: running.port };
  const container = readContainerFile(dataDir);
  return {
    name,
    state: container === undefined ? 'stopped' : 'ready',
    pid: null,
    port: container?.port ?? null,
  };
}

async function serviceStatus(name: string, folder: string): Promise<PartStatus> {
  const running = runningProcess(join(folder, `${name}${PROCESS_FILE}`));
  if (running === undefined) return { name, state: 'stopped', pid: null, port: null };
  const { pid, port } = running;
  const isReady = await answersOk(`http://127.0.0.1:${port}/health/ready`);
  return { name, state: isReady ? 'ready' : 'not_ready', pid, port };
}
