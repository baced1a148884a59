import { apiGatewayConfig, type ApiGatewayConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function apiGatewayConfigFromEnv(): Readonly<ApiGatewayConfig> {
  return readConfig(apiGatewayConfig, process.env, [
    { variable: 'REDIS_URL', kind: 'store', choices: 'a redis:// or rediss:// URL' },
  ]);
}
