import { setTimeout as delay } from 'node:timers/promises';
import { evaluation, type Evaluation } from '@aos/contracts';
import type { Answer, ApiClient } from '../api-client.ts';
import type { Failure, Result } from '../failure.ts';

interface Following {
  api: ApiClient;
  started: Answer<Evaluation>;
  timeoutMs: number;
  /** Called with each state that is seen, first the one it started with. */
  onSeen: (seen: Evaluation) => void;
}

const LOOK_MS = 500;
/** How long the API may be away before a watcher gives up; a restart takes seconds. */
const AWAY_MS_MAX = 60_000;

/** Looks at the evaluation until it has finished, or as it is when the time is over. */
export async function followEvaluation(following: Following): Promise<Result<Answer<Evaluation>>> {
  const { api, started, timeoutMs, onSeen } = following;
  const giveUpAtMs = performance.now() + timeoutMs;
  const path = `/eval/evaluations/${encodeURIComponent(started.parsed.evaluation_id)}`;
  let seen = started;
  let reachedMs = performance.now();
  onSeen(seen.parsed);
  while (seen.parsed.status === 'running' && performance.now() < giveUpAtMs) {
    await delay(Math.min(LOOK_MS, Math.max(0, giveUpAtMs - performance.now())));
    const answer = await api.call({ method: 'GET', path }, evaluation);
    if (answer.ok) {
      seen = answer.value;
      reachedMs = performance.now();
      onSeen(seen.parsed);
    } else if (!isPassing(answer.failure) || performance.now() - reachedMs > AWAY_MS_MAX) {
      return answer;
    }
  }
  return { ok: true, value: seen };
}

/** A server that is away, or one that says itself that trying again may help. */
function isPassing({ problem }: Failure): boolean {
  return problem === undefined || problem.retryable;
}
