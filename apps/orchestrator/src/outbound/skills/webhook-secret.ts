import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProduction, type OrchestratorConfig } from '@aos/contracts';
import { AdapterConfigurationError } from '@aos/service-kit';
import { Webhook } from 'standardwebhooks';

/**
 * The signer of the secret in the file `WEBHOOK_KEYS_PATH/WEBHOOK_KEY_VERSION` (base64, `whsec_` before it or not).
 * Without the file: undefined in development, AdapterConfigurationError in production; with a file that holds no secret: always.
 */
export function webhookSigner(
  config: Pick<OrchestratorConfig, 'ENV' | 'WEBHOOK_KEYS_PATH' | 'WEBHOOK_KEY_VERSION'>,
): Webhook | undefined {
  const file = join(config.WEBHOOK_KEYS_PATH, config.WEBHOOK_KEY_VERSION);
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (!isProduction(config.ENV)) return undefined;
    const problem = `WEBHOOK_KEYS_PATH: ${file} cannot be read; choices: a folder with a file ${config.WEBHOOK_KEY_VERSION} that holds a signing secret (whsec_…)`;
    throw Object.assign(new AdapterConfigurationError([problem]), { cause });
  }
  try {
    return new Webhook(secret);
  } catch {
    throw new AdapterConfigurationError([`WEBHOOK_KEY_VERSION: ${file} holds no base64 secret (whsec_…)`]);
  }
}
