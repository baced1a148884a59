import { realtimeConfig, type RealtimeConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function realtimeConfigFromEnv(): Readonly<RealtimeConfig> {
  return readConfig(realtimeConfig, process.env);
}
