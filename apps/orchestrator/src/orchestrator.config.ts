import { orchestratorConfig, type OrchestratorConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function orchestratorConfigFromEnv(): Readonly<OrchestratorConfig> {
  return readConfig(orchestratorConfig, process.env);
}
