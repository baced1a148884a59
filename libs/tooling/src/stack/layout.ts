import { join, resolve } from 'node:path';
import type { ServiceName } from '@aos/contracts';
import { repositoryRoot } from '../paths.ts';

/** The services of the stack, with the port each has by default and the variable that overrides it. */
export const SERVICE_PORTS: Record<ServiceName, { port: number; variable: string }> = {
  'api-gateway': { port: 8000, variable: 'AOS_GATEWAY_PORT' },
  realtime: { port: 8001, variable: 'AOS_REALTIME_PORT' },
  orchestrator: { port: 8010, variable: 'AOS_ORCHESTRATOR_PORT' },
  router: { port: 8020, variable: 'AOS_ROUTER_PORT' },
  eval: { port: 8030, variable: 'AOS_EVAL_PORT' },
  billing: { port: 8040, variable: 'AOS_BILLING_PORT' },
};

/** High ports of their own, below those the kernel gives to outgoing connections. */
export const SERVER_PORTS = {
  postgres: { port: 25_432, variable: 'AOS_POSTGRES_PORT' },
  redis: { port: 26_379, variable: 'AOS_REDIS_PORT' },
  nats: { port: 24_222, variable: 'AOS_NATS_PORT' },
} as const;

/** Of the model sandbox, which runs only where it is asked for. */
export const MODEL_SANDBOX_PORT = { port: 28_080, variable: 'AOS_MODEL_SANDBOX_PORT' } as const;

/** The tenant of the key in `stack.json`. */
export const HOME_TENANT = 'default';

/** Where a stack keeps its state: `AOS_STATE_DIR`, or `.aos` in the checkout. */
export function defaultStateDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(repositoryRoot, env['AOS_STATE_DIR'] ?? '.aos');
}

export const stackFileOf = (stateDir: string) => join(stateDir, 'stack.json');
export const logsOf = (stateDir: string) => join(stateDir, 'logs');
/** The data folder of a server; its log, process file and configuration stand beside it. */
export const dataDirOf = (stateDir: string, server: keyof typeof SERVER_PORTS) =>
  join(stateDir, 'servers', server);

/** Log and process file of the model sandbox begin with it. */
export const sandboxPlaceOf = (stateDir: string) => join(stateDir, 'servers', 'model-sandbox');
/** The local artifact store: large payloads and files of runs. */
export const artifactsOf = (stateDir: string) => join(stateDir, 'artifacts');

/** The port to ask for: the variable's, else the default; undefined where any free one will do. */
export function wishedPort(
  { port, variable }: { port: number; variable: string },
  env: NodeJS.ProcessEnv,
  ports: 'fixed' | 'free',
): number | undefined {
  const override = env[variable];
  if (override !== undefined) return Number(override);
  return ports === 'fixed' ? port : undefined;
}
