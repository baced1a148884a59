import { agent, agentCreateInput, agentUpdateInput } from '../agent.ts';
import { runtimeSimulate } from '../commands/orchestrator/runtime-simulate.v1.ts';
import { errorSpec, inputIssue } from '../error-spec.ts';
import { cloudEvent } from '../events.ts';
import { apiKeyCreateInput, createdApiKey } from '../http/api-key.ts';
import { health } from '../http/health.ts';
import { mailboxMessage, messageInput, sentMessage } from '../message.ts';
import { plan, planMetadata, planStep, planStepInput } from '../plan.ts';
import { problem } from '../problem.ts';
import { clientFrame, serverFrame } from '../realtime.ts';
import { goalInput, run, runStep, runSummary, submittedRun } from '../run.ts';
import { toolSpec } from '../skill.ts';
import { JsonSchemas } from './json-schemas.ts';

/** The schemas of one document; those named here stand once among its components, all others where they are used. */
export function documentSchemas(): JsonSchemas {
  return new JsonSchemas({
    input: {
      AgentCreate: agentCreateInput,
      AgentUpdate: agentUpdateInput,
      ApiKeyCreate: apiKeyCreateInput,
      ClientFrame: clientFrame,
      Goal: goalInput,
      MessageInput: messageInput,
      PlanStepInput: planStepInput,
      SimulateInput: runtimeSimulate.input,
    },
    output: {
      Agent: agent,
      CloudEvent: cloudEvent,
      CreatedApiKey: createdApiKey,
      ErrorSpec: errorSpec,
      Health: health,
      InputIssue: inputIssue,
      MailboxMessage: mailboxMessage,
      Plan: plan,
      PlanMetadata: planMetadata,
      PlanStep: planStep,
      Problem: problem,
      Run: run,
      RunStep: runStep,
      RunSummary: runSummary,
      SentMessage: sentMessage,
      ServerFrame: serverFrame,
      Simulation: runtimeSimulate.output,
      SubmittedRun: submittedRun,
      ToolSpec: toolSpec,
    },
  });
}
