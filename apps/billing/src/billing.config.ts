import { billingConfig, type BillingConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function billingConfigFromEnv(): Readonly<BillingConfig> {
  return readConfig(billingConfig, process.env);
}
