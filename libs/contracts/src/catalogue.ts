import type { Command, ServiceName } from './command.ts';
import { authVerify } from './commands/gateway/auth-verify.v1.ts';
import { agentsCreate } from './commands/orchestrator/agents-create.v1.ts';
import { agentsDelete } from './commands/orchestrator/agents-delete.v1.ts';
import { agentsGet } from './commands/orchestrator/agents-get.v1.ts';
import { agentsList } from './commands/orchestrator/agents-list.v1.ts';
import { agentsUpdate } from './commands/orchestrator/agents-update.v1.ts';
import { messagesList } from './commands/orchestrator/messages-list.v1.ts';
import { messagesSend } from './commands/orchestrator/messages-send.v1.ts';
import { runsCancel } from './commands/orchestrator/runs-cancel.v1.ts';
import { runsEvents } from './commands/orchestrator/runs-events.v1.ts';
import { runsGet } from './commands/orchestrator/runs-get.v1.ts';
import { runsList } from './commands/orchestrator/runs-list.v1.ts';
import { runsPause } from './commands/orchestrator/runs-pause.v1.ts';
import { runsReplay } from './commands/orchestrator/runs-replay.v1.ts';
import { runsRestart } from './commands/orchestrator/runs-restart.v1.ts';
import { runsResume } from './commands/orchestrator/runs-resume.v1.ts';
import { runsSubmit } from './commands/orchestrator/runs-submit.v1.ts';
import { runtimeCapabilities } from './commands/orchestrator/runtime-capabilities.v1.ts';
import { runtimeSimulate } from './commands/orchestrator/runtime-simulate.v1.ts';
import { skillsList } from './commands/orchestrator/skills-list.v1.ts';
import { llmComplete } from './commands/router/llm-complete.v1.ts';
import { llmExport } from './commands/router/llm-export.v1.ts';
import { runsExportFinished } from './commands/orchestrator/runs-export-finished.v1.ts';
import { runsExport } from './commands/orchestrator/runs-export.v1.ts';
import { artifactsRead } from './commands/orchestrator/artifacts-read.v1.ts';
import { opsStuck } from './commands/orchestrator/ops-stuck.v1.ts';
import { opsRequeue } from './commands/orchestrator/ops-requeue.v1.ts';
import { opsWorkersList } from './commands/orchestrator/ops-workers-list.v1.ts';
import { opsWorkersDrain } from './commands/orchestrator/ops-workers-drain.v1.ts';
import { opsWorkersResume } from './commands/orchestrator/ops-workers-resume.v1.ts';
import { opsTenantsSuspend } from './commands/orchestrator/ops-tenants-suspend.v1.ts';
import { opsTenantsResume } from './commands/orchestrator/ops-tenants-resume.v1.ts';
import { opsArchiveList } from './commands/orchestrator/ops-archive-list.v1.ts';
import { opsArchiveRun } from './commands/orchestrator/ops-archive-run.v1.ts';
import { opsArchiveCheck } from './commands/orchestrator/ops-archive-check.v1.ts';
import { opsDeadLettersList } from './commands/orchestrator/ops-dead-letters-list.v1.ts';
import { opsDeadLettersGet } from './commands/orchestrator/ops-dead-letters-get.v1.ts';
import { opsDeadLettersReplay } from './commands/orchestrator/ops-dead-letters-replay.v1.ts';
import { opsDeadLettersDelete } from './commands/orchestrator/ops-dead-letters-delete.v1.ts';
import { runsBulk } from './commands/orchestrator/runs-bulk.v1.ts';
import { usageGet } from './commands/billing/usage-get.v1.ts';
import { suitesPut } from './commands/eval/suites-put.v1.ts';
import { suitesList } from './commands/eval/suites-list.v1.ts';
import { suitesGet } from './commands/eval/suites-get.v1.ts';
import { evaluationsStart } from './commands/eval/evaluations-start.v1.ts';
import { evaluationsList } from './commands/eval/evaluations-list.v1.ts';
import { evaluationsGet } from './commands/eval/evaluations-get.v1.ts';

/** Every command there is. OpenAPI, AsyncAPI and NATS permissions are made from this list. */
export const COMMANDS = [
  authVerify,
  agentsCreate,
  agentsList,
  agentsGet,
  agentsUpdate,
  agentsDelete,
  runsSubmit,
  runsGet,
  runsList,
  runsEvents,
  runsCancel,
  runsPause,
  runsResume,
  runsRestart,
  runsReplay,
  messagesSend,
  messagesList,
  skillsList,
  runtimeSimulate,
  runtimeCapabilities,
  llmComplete,
  llmExport,
  runsExportFinished,
  runsExport,
  artifactsRead,
  opsStuck,
  opsRequeue,
  opsWorkersList,
  opsWorkersDrain,
  opsWorkersResume,
  opsTenantsSuspend,
  opsTenantsResume,
  opsArchiveList,
  opsArchiveRun,
  opsArchiveCheck,
  opsDeadLettersList,
  opsDeadLettersGet,
  opsDeadLettersReplay,
  opsDeadLettersDelete,
  runsBulk,
  usageGet,
  suitesPut,
  suitesList,
  suitesGet,
  evaluationsStart,
  evaluationsList,
  evaluationsGet,
] as const satisfies readonly Command[];

export function commandsOwnedBy(service: ServiceName): Command[] {
  return COMMANDS.filter((command) => command.owner === service);
}

export function commandsSentBy(service: ServiceName): Command[] {
  return (COMMANDS as readonly Command[]).filter((command) => command.callers.includes(service));
}
