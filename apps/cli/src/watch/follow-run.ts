import { setTimeout as delay } from 'node:timers/promises';
import { runsEvents, type CloudEvent } from '@aos/contracts';
import type { ApiClient } from '../api-client.ts';
import { EXIT } from '../exit-code.ts';
import type { Failure, Result } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { streamEvents } from './stream.ts';

export interface FollowSources {
  api: ApiClient;
  settings: Settings;
  trace: (line: string) => void;
}

const AGAIN_MS = 500;
/** How long the API may be away before a watcher gives up; a restart takes seconds. */
const AWAY_MS_MAX = 60_000;

/**
 * A run's events up to `run.finished`, each once and in order: over the WebSocket, which is opened again where it
 * dropped; while it cannot be reached the events are read over HTTP. Returns a failure when neither works.
 */
export async function* followRun(
  sources: FollowSources,
  runId: string,
): AsyncGenerator<CloudEvent, Failure | undefined> {
  const { settings, trace, api } = sources;
  let position = 0;
  let reachedMs = Date.now();
  for (;;) {
    trace(`> ${settings.streamUrl}, run ${runId} after ${position}`);
    for await (const event of streamEvents(settings, runId, position)) {
      position = event.runseq ?? position;
      reachedMs = Date.now();
      yield event;
      if (event.type === 'run.finished') return undefined;
    }
    trace('< the stream ended; reading the events over HTTP');
    const page = await readEvents(api, runId, position);
    if (!page.ok && !isPassing(page.failure, reachedMs)) return page.failure;
    if (page.ok) reachedMs = Date.now();
    for (const event of page.ok ? page.value : []) {
      position = event.runseq ?? position;
      yield event;
      if (event.type === 'run.finished') return undefined;
    }
    await delay(AGAIN_MS);
  }
}

async function readEvents(api: ApiClient, runId: string, after: number): Promise<Result<CloudEvent[]>> {
  const path = `/runs/${encodeURIComponent(runId)}/events`;
  const page = await api.call({ method: 'GET', path, query: { after } }, runsEvents.output);
  if (!page.ok) return page;
  return { ok: true, value: page.value.parsed.data };
}

function isPassing(failure: Failure, reachedMs: number): boolean {
  const isAway = failure.problem === undefined || failure.problem.retryable;
  return failure.exitCode === EXIT.unreachable && isAway && Date.now() - reachedMs < AWAY_MS_MAX;
}
