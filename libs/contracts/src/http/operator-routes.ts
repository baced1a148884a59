import { z } from 'zod';
import { opsArchiveList } from '../commands/orchestrator/ops-archive-list.v1.ts';
import { opsArchiveRun } from '../commands/orchestrator/ops-archive-run.v1.ts';
import { opsArchiveCheck } from '../commands/orchestrator/ops-archive-check.v1.ts';
import { opsDeadLettersDelete } from '../commands/orchestrator/ops-dead-letters-delete.v1.ts';
import { opsDeadLettersGet } from '../commands/orchestrator/ops-dead-letters-get.v1.ts';
import { opsDeadLettersList } from '../commands/orchestrator/ops-dead-letters-list.v1.ts';
import { opsDeadLettersReplay } from '../commands/orchestrator/ops-dead-letters-replay.v1.ts';
import { opsRequeue } from '../commands/orchestrator/ops-requeue.v1.ts';
import { opsStuck } from '../commands/orchestrator/ops-stuck.v1.ts';
import { opsTenantsResume } from '../commands/orchestrator/ops-tenants-resume.v1.ts';
import { opsTenantsSuspend } from '../commands/orchestrator/ops-tenants-suspend.v1.ts';
import { opsWorkersDrain } from '../commands/orchestrator/ops-workers-drain.v1.ts';
import { opsWorkersList } from '../commands/orchestrator/ops-workers-list.v1.ts';
import { opsWorkersResume } from '../commands/orchestrator/ops-workers-resume.v1.ts';
import { runsBulk } from '../commands/orchestrator/runs-bulk.v1.ts';
import { queryPage, type HttpRoute } from './route.ts';
import { serve } from './serve.ts';

const noBody = z.strictObject({}).optional();

/** Of a manager: what concerns the tenant's own runs. */
const manager = { tag: 'operations', level: 4, alsoAtRoot: false } as const;
/** Of an owner whose credential is the platform's: what concerns every tenant. */
const platform = { tag: 'operations', level: 5, alsoAtRoot: false } as const;

/** What operators do. */
export const OPERATOR_ROUTES: readonly HttpRoute[] = [
  serve(runsBulk, { ...manager, method: 'POST', path: '/runs/bulk', body: runsBulk.input, rate: 'writes' }),
  serve(opsStuck, {
    ...manager,
    method: 'GET',
    path: '/admin/runs/stuck',
    query: z.strictObject({
      ...queryPage,
      older_than_seconds: z
        .string()
        .regex(/^\d{1,7}$/, 'a whole number')
        .optional(),
      all_tenants: z.enum(['true', 'false']).optional().describe('for a credential of the platform only'),
    }),
    rate: 'reads',
  }),
  serve(opsRequeue, {
    ...manager,
    method: 'POST',
    path: '/admin/runs/:run_id/requeue',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsWorkersList, { ...platform, method: 'GET', path: '/admin/workers', rate: 'reads' }),
  serve(opsWorkersDrain, {
    ...platform,
    method: 'POST',
    path: '/admin/workers/:worker_id/drain',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsWorkersResume, {
    ...platform,
    method: 'POST',
    path: '/admin/workers/:worker_id/resume',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsTenantsSuspend, {
    ...platform,
    method: 'POST',
    path: '/admin/tenants/:tenant/suspend',
    body: opsTenantsSuspend.input.omit({ tenant: true }).optional(),
    rate: 'writes',
  }),
  serve(opsTenantsResume, {
    ...platform,
    method: 'POST',
    path: '/admin/tenants/:tenant/resume',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsArchiveList, {
    ...platform,
    method: 'GET',
    path: '/admin/archive',
    query: z.strictObject(queryPage),
    rate: 'reads',
  }),
  serve(opsArchiveRun, {
    ...platform,
    method: 'POST',
    path: '/admin/archive/run',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsArchiveCheck, {
    ...platform,
    method: 'POST',
    path: '/admin/archive/:run_day/verify',
    body: noBody,
    rate: 'writes',
  }),
  serve(opsDeadLettersList, {
    ...platform,
    method: 'GET',
    path: '/admin/dead-letters',
    query: z.strictObject({ ...queryPage, consumer: z.string().max(100).optional() }),
    rate: 'reads',
  }),
  serve(opsDeadLettersReplay, {
    ...platform,
    method: 'POST',
    path: '/admin/dead-letters/replay',
    body: opsDeadLettersReplay.input,
    rate: 'writes',
  }),
  serve(opsDeadLettersGet, {
    ...platform,
    method: 'GET',
    path: '/admin/dead-letters/:sequence',
    rate: 'reads',
  }),
  serve(opsDeadLettersDelete, {
    ...platform,
    method: 'DELETE',
    path: '/admin/dead-letters/:sequence',
    rate: 'writes',
  }),
];
