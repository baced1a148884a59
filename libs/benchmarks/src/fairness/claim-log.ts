import type { Pool } from '@aos/database';

/** The engine's own login; its new connections take the settings. */
const ENGINE = 'aos_engine';

/** Has Postgres write down how long each statement of the engine takes, without its values. */
export async function logDurations(pool: Pool): Promise<void> {
  await pool.query(`alter role ${ENGINE} set log_min_duration_statement = 0`);
  await pool.query(`alter role ${ENGINE} set log_parameter_max_length = 0`);
}

/** Has Postgres write down how it does each statement of the engine. False where it cannot. */
export async function logPlans(pool: Pool): Promise<boolean> {
  try {
    await pool.query("load 'auto_explain'");
  } catch {
    return false;
  }
  await pool.query(`alter role ${ENGINE} set session_preload_libraries = 'auto_explain'`);
  for (const [setting, value] of [
    ['log_min_duration', '0'],
    ['log_analyze', 'on'],
    ['log_buffers', 'on'],
  ]) {
    await pool.query(`alter role ${ENGINE} set auto_explain.${setting} = '${value}'`);
  }
  return true;
}

const DURATION = /\[(\d+)\] LOG: {2}duration: ([\d.]+) ms {2}(bind|execute) (\w+)/;

/** Milliseconds of each claim in a log of Postgres: planning and execution. */
export function claimDurations(log: string): number[] {
  const bound = new Map<string, number>();
  const durations: number[] = [];
  for (const line of log.split('\n')) {
    const [, pid = '', ms, phase, statement] = DURATION.exec(line) ?? [];
    if (statement !== 'claim') continue;
    if (phase === 'bind') bound.set(pid, Number(ms));
    else durations.push((bound.get(pid) ?? 0) + Number(ms));
  }
  return durations;
}

/** The last plan of a claim that took a run, in a log of Postgres with auto_explain. */
export function claimPlan(log: string): string | undefined {
  const entries = log
    .split(/\n(?=\S)/)
    .filter((entry) => / LOG: {2}duration: [\d.]+ ms {2}plan:/.test(entry));
  const claims = entries.filter((entry) => entry.includes('run_queue') && entry.includes('started_vtime'));
  const plans = claims.map((entry) => entry.slice(entry.lastIndexOf('\tUpdate on')));
  return plans.findLast((plan) => /^\tUpdate on .*actual.* rows=[1-9]/.test(plan));
}
