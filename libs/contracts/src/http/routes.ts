import { z } from 'zod';
import { agentCreateInput, agentUpdateInput } from '../agent.ts';
import { agentsCreate } from '../commands/orchestrator/agents-create.v1.ts';
import { agentsDelete } from '../commands/orchestrator/agents-delete.v1.ts';
import { agentsGet } from '../commands/orchestrator/agents-get.v1.ts';
import { agentsList } from '../commands/orchestrator/agents-list.v1.ts';
import { agentsUpdate } from '../commands/orchestrator/agents-update.v1.ts';
import { usageGet } from '../commands/billing/usage-get.v1.ts';
import { artifactsRead } from '../commands/orchestrator/artifacts-read.v1.ts';
import { evaluationsGet } from '../commands/eval/evaluations-get.v1.ts';
import { evaluationsList } from '../commands/eval/evaluations-list.v1.ts';
import { evaluationsStart } from '../commands/eval/evaluations-start.v1.ts';
import { suitesGet } from '../commands/eval/suites-get.v1.ts';
import { suitesList } from '../commands/eval/suites-list.v1.ts';
import { suitesPut } from '../commands/eval/suites-put.v1.ts';
import { runsEvents } from '../commands/orchestrator/runs-events.v1.ts';
import { runsExport } from '../commands/orchestrator/runs-export.v1.ts';
import { runsGet } from '../commands/orchestrator/runs-get.v1.ts';
import { runsList } from '../commands/orchestrator/runs-list.v1.ts';
import { runsSubmit } from '../commands/orchestrator/runs-submit.v1.ts';
import { runtimeCapabilities } from '../commands/orchestrator/runtime-capabilities.v1.ts';
import { runtimeSimulate } from '../commands/orchestrator/runtime-simulate.v1.ts';
import { skillsList } from '../commands/orchestrator/skills-list.v1.ts';
import { goalInput } from '../run.ts';
import { apiKeyCreateInput, apiKeyList, createdApiKey } from './api-key.ts';
import { MESSAGE_ROUTES } from './message-routes.ts';
import { OPERATOR_ROUTES } from './operator-routes.ts';
import { queryPage, type HttpRoute } from './route.ts';
import { serve } from './serve.ts';
import { STEERING_ROUTES } from './steering-routes.ts';

const noBody = z.strictObject({}).optional();

/** The public HTTP API, a line a route; paths without the /api/v1 prefix. */
export const HTTP_ROUTES: readonly HttpRoute[] = [
  serve(agentsCreate, {
    method: 'POST',
    path: '/agents',
    tag: 'agents',
    body: agentCreateInput,
    status: 201,
    level: 3,
    rate: 'writes',
    alsoAtRoot: true,
  }),
  serve(agentsList, {
    method: 'GET',
    path: '/agents',
    tag: 'agents',
    query: z.strictObject(queryPage),
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(agentsGet, {
    method: 'GET',
    path: '/agents/:agent_id',
    tag: 'agents',
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(agentsUpdate, {
    method: 'PATCH',
    path: '/agents/:agent_id',
    tag: 'agents',
    body: agentUpdateInput,
    level: 3,
    rate: 'writes',
    alsoAtRoot: true,
  }),
  serve(agentsDelete, {
    method: 'DELETE',
    path: '/agents/:agent_id',
    tag: 'agents',
    level: 3,
    rate: 'writes',
    alsoAtRoot: true,
  }),
  serve(runsSubmit, {
    method: 'POST',
    path: '/agents/:agent_id/goals',
    tag: 'goals',
    body: goalInput,
    status: 202,
    level: 2,
    rate: 'goals',
    alsoAtRoot: true,
  }),
  serve(runsList, {
    method: 'GET',
    path: '/runs',
    tag: 'runs',
    query: z.strictObject({
      ...queryPage,
      agent_id: z.string().optional(),
      status: z.string().optional(),
      parent_run_id: z.string().optional(),
    }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(runsGet, {
    method: 'GET',
    path: '/runs/:run_id',
    tag: 'runs',
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(runsEvents, {
    method: 'GET',
    path: '/runs/:run_id/events',
    tag: 'runs',
    query: z.strictObject({
      after: z
        .string()
        .regex(/^\d{1,9}$/, 'a run_seq')
        .optional(),
      limit: queryPage.limit,
    }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(artifactsRead, {
    method: 'GET',
    path: '/runs/:run_id/artifacts/:name',
    tag: 'runs',
    content: 'artifact',
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(runsExport, {
    method: 'GET',
    path: '/runs/:run_id/export',
    tag: 'runs',
    content: 'artifact',
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  ...STEERING_ROUTES,
  ...MESSAGE_ROUTES,
  serve(skillsList, {
    method: 'GET',
    path: '/skills',
    tag: 'skills',
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
  serve(runtimeSimulate, {
    method: 'POST',
    path: '/runtime/simulate',
    tag: 'runtime',
    body: runtimeSimulate.input,
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(runtimeCapabilities, {
    method: 'GET',
    path: '/runtime/capabilities',
    tag: 'runtime',
    query: z.strictObject({ agent_id: z.string().optional() }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(usageGet, {
    method: 'GET',
    path: '/usage',
    tag: 'billing',
    query: z.strictObject({
      ...queryPage,
      from: z.string().optional(),
      to: z.string().optional(),
      group_by: z.string().max(100).optional().describe('of meter, agent, model, day; separated by commas'),
      meter: z.string().optional(),
      agent_id: z.string().optional(),
      model: z.string().optional(),
    }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(suitesPut, {
    method: 'POST',
    path: '/eval/suites',
    tag: 'eval',
    body: suitesPut.input,
    level: 3,
    rate: 'writes',
    alsoAtRoot: false,
  }),
  serve(suitesList, {
    method: 'GET',
    path: '/eval/suites',
    tag: 'eval',
    query: z.strictObject(queryPage),
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(suitesGet, {
    method: 'GET',
    path: '/eval/suites/:suite',
    tag: 'eval',
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(evaluationsStart, {
    method: 'POST',
    path: '/eval/evaluations',
    tag: 'eval',
    body: evaluationsStart.input,
    status: 202,
    level: 2,
    rate: 'writes',
    alsoAtRoot: false,
  }),
  serve(evaluationsList, {
    method: 'GET',
    path: '/eval/evaluations',
    tag: 'eval',
    query: z.strictObject({ ...queryPage, suite: z.string().optional() }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  serve(evaluationsGet, {
    method: 'GET',
    path: '/eval/evaluations/:evaluation_id',
    tag: 'eval',
    level: 1,
    rate: 'reads',
    alsoAtRoot: false,
  }),
  {
    method: 'POST',
    path: '/admin/api-keys',
    tag: 'admin',
    summary: 'Make an API key for a tenant; the key is shown once',
    body: apiKeyCreateInput,
    output: createdApiKey,
    status: 201,
    errors: ['invalid_request', 'authorization_denied'],
    level: 4,
    rate: 'writes',
    alsoAtRoot: false,
  },
  {
    method: 'GET',
    path: '/admin/api-keys',
    tag: 'admin',
    summary: 'List the API keys of the tenant, without the keys',
    query: z.strictObject(queryPage),
    output: apiKeyList,
    status: 200,
    errors: ['invalid_request', 'authorization_denied'],
    level: 4,
    rate: 'reads',
    alsoAtRoot: false,
  },
  {
    method: 'DELETE',
    path: '/admin/api-keys/:key_id',
    tag: 'admin',
    summary: 'Revoke an API key at once',
    body: noBody,
    output: z.object({ key_id: z.string() }),
    status: 200,
    errors: ['not_found', 'authorization_denied'],
    level: 4,
    rate: 'writes',
    alsoAtRoot: false,
  },
  ...OPERATOR_ROUTES,
];
