import { evalConfig, type EvalConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function evalConfigFromEnv(): Readonly<EvalConfig> {
  return readConfig(evalConfig, process.env);
}
