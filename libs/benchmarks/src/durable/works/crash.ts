import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@aos/tooling';
import { STEPS_PER_RUN } from '../../runs/step-kinds.ts';
import { judgeLedger, resumption } from '../judge-ledger.ts';
import { openLedger } from '../ledger.ts';
import type { CrashFigures } from '../protocol.ts';
import type { Driven } from '../target.ts';

/** Of all steps, those that have ended when the worker is killed. */
const KILLED_AT_SHARE = 0.3;
const RUNS_MS_MAX = 90_000;
/** For effects that began before the last run ended. */
const LATE_EFFECTS_MS = 300;

/** W3: runs whose steps leave lines in a ledger, and a worker that is killed amid them. `kill` tells when. */
export async function measureCrash(
  driven: Driven,
  runs: number,
  kill: () => Promise<number>,
): Promise<CrashFigures> {
  const ledger = await openLedger();
  try {
    const ids = Array.from({ length: runs }, (_none, at) => `w3-${at}`);
    await Promise.all(ids.map((id) => driven.start(id, ledger.url)));
    const ended = () => ledger.lines.filter(({ kind }) => kind === 'end').length;
    const wanted = runs * STEPS_PER_RUN * KILLED_AT_SHARE;
    await waitUntil(() => ended() >= wanted, { what: `${wanted} steps have ended`, timeoutMs: RUNS_MS_MAX });
    const killedAtMs = await kill();
    const runsDone = await allDone(driven, runs);
    const allDoneS = runsDone < runs ? Number.NaN : (Date.now() - killedAtMs) / 1000;
    await sleep(LATE_EFFECTS_MS);
    const verdict = judgeLedger(ledger.lines, runs * STEPS_PER_RUN);
    return { runsDone, ...verdict, ...resumption(ledger.lines, killedAtMs), allDoneS };
  } finally {
    ledger.close();
  }
}

/** How many runs are done when all are, or when the time is up. A worker that is away is asked again. */
async function allDone(driven: Driven, runs: number): Promise<number> {
  const giveUpAtMs = performance.now() + RUNS_MS_MAX;
  let done = 0;
  while (done < runs && performance.now() < giveUpAtMs) {
    await sleep(25);
    done = await driven.done().catch(() => done);
  }
  return done;
}
