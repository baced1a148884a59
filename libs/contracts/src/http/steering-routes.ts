import { z } from 'zod';
import { runsCancel } from '../commands/orchestrator/runs-cancel.v1.ts';
import { runsPause } from '../commands/orchestrator/runs-pause.v1.ts';
import { runsReplay } from '../commands/orchestrator/runs-replay.v1.ts';
import { runsRestart } from '../commands/orchestrator/runs-restart.v1.ts';
import { runsResume } from '../commands/orchestrator/runs-resume.v1.ts';
import type { HttpRoute } from './route.ts';
import { serve } from './serve.ts';

const steering = { method: 'POST', tag: 'runs', status: 202, level: 2, alsoAtRoot: true } as const;

/** What a run is told. A restart is admitted like a goal and counts like one. */
export const STEERING_ROUTES: readonly HttpRoute[] = [
  serve(runsCancel, {
    ...steering,
    path: '/runs/:run_id/cancel',
    body: runsCancel.input.omit({ run_id: true }).optional(),
    rate: 'writes',
  }),
  serve(runsPause, {
    ...steering,
    path: '/runs/:run_id/pause',
    body: z.strictObject({}).optional(),
    rate: 'writes',
  }),
  serve(runsResume, {
    ...steering,
    path: '/runs/:run_id/resume',
    body: runsResume.input.omit({ run_id: true }).optional(),
    rate: 'writes',
  }),
  serve(runsRestart, {
    ...steering,
    path: '/runs/:run_id/restart',
    body: runsRestart.input.omit({ run_id: true }).optional(),
    rate: 'goals',
  }),
  serve(runsReplay, {
    ...steering,
    path: '/runs/:run_id/replay',
    body: runsReplay.input.omit({ run_id: true }),
    status: 200,
    rate: 'goals',
  }),
];
