import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from '../paths.ts';
import { PROCESS_FILE, runningProcess } from '../processes/process-file.ts';
import { stopProcess } from '../processes/process-record.ts';
import { startSandboxProcess } from '../servers/model-sandbox.ts';
import { logsOf, MODEL_SANDBOX_PORT, sandboxPlaceOf, wishedPort } from './layout.ts';

/** What of a person's environment names models. */
const VARIABLES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'LLM_PROVIDERS',
] as const;
/** Each of these alone lets models be called. */
const SUFFICIENT = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'LLM_PROVIDERS'] as const;

const DUMMY_KEY = 'simulated-key-of-the-model-sandbox';

/** What answers model calls: the providers of the environment, the model sandbox, or nothing. */
export interface Models {
  kind: 'real' | 'simulated' | 'absent';
  /** Of the router, which alone calls models. */
  env: NodeJS.ProcessEnv;
  /** Of the model sandbox. */
  sandboxUrl?: string;
}

export interface ModelsOptions {
  stateDir: string;
  env: NodeJS.ProcessEnv;
  ports: 'fixed' | 'free';
  /** Start the sandbox; one that runs is used anyway, until `down`. */
  modelSandbox?: boolean;
  say: Say;
}

/** Decides what answers model calls, and starts the sandbox if that is it. The sandbox wins over a key, and says so. */
export async function modelsOf({ stateDir, env, ports, modelSandbox, say }: ModelsOptions): Promise<Models> {
  const place = sandboxPlaceOf(stateDir);
  if (modelSandbox === true || runningProcess(`${place}${PROCESS_FILE}`) !== undefined) {
    const sandboxUrl = await startSandboxProcess({ place, port: wishedPort(MODEL_SANDBOX_PORT, env, ports) });
    const unused = VARIABLES.filter((name) => env[name]);
    if (unused.length > 0) say(`the model sandbox is used, not ${unused.join(' and ')}; it ends with down`);
    const own = { ANTHROPIC_BASE_URL: sandboxUrl, ANTHROPIC_API_KEY: DUMMY_KEY };
    return { kind: 'simulated', env: own, sandboxUrl };
  }
  const kind = SUFFICIENT.some((name) => env[name]) ? 'real' : 'absent';
  return { kind, env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])) };
}

/** Ends a router that was started for other models, so that the start to come gives it these. */
export async function endRouterOfOtherModels(stateDir: string, { kind }: Models, say: Say): Promise<void> {
  const mark = join(logsOf(stateDir), 'router.models');
  const router = runningProcess(join(logsOf(stateDir), `router${PROCESS_FILE}`));
  const former = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
  if (router !== undefined && former !== kind) {
    say(`router restarts: models are ${kind} now`);
    await stopProcess(router, { signal: router.stopSignal });
  }
  mkdirSync(logsOf(stateDir), { recursive: true });
  writeFileSync(mark, kind);
}

/** For the person at the terminal. */
export function describeModels({ kind, env, sandboxUrl = '' }: Models): string {
  switch (kind) {
    case 'simulated':
      return `SIMULATED by the model sandbox (${sandboxUrl})`;
    case 'real':
      return `real, by ${VARIABLES.filter((name) => env[name]).join(', ')}`;
    case 'absent':
      return 'none: model calls fail and goals are planned by a stub; set ANTHROPIC_API_KEY or OPENAI_API_KEY, or up --model-sandbox';
  }
}
