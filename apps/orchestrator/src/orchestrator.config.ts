import { orchestratorConfig, type OrchestratorConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function orchestratorConfigFromEnv(
  env: Record<string, string | undefined> = process.env,
): Readonly<OrchestratorConfig> {
  return readConfig(orchestratorConfig, env, [
    {
      variable: 'ARTIFACT_STORE',
      kind: 'store',
      choices: 'local (ARTIFACT_PATH on a disk all replicas share), or s3 (with S3_BUCKET)',
    },
  ]);
}
