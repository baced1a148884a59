import type { Logger } from '@aos/telemetry';

/** Tells once in a process's life, loudly, that goals are not planned by a model. */
export function stubWarning(logger: Logger): (why: string) => void {
  let hasWarned = false;
  return (why) => {
    if (hasWarned) return;
    hasWarned = true;
    logger.warn(
      { why },
      'NO MODEL PLANS GOALS HERE: every goal without a plan gets the stub of one step. Set ANTHROPIC_API_KEY (or ANTHROPIC_BASE_URL) at the router',
    );
  };
}
