import {
  agentsCreate,
  agentsDelete,
  agentsGet,
  agentsList,
  agentsUpdate,
  artifactsRead,
  messagesList,
  messagesSend,
  opsArchiveList,
  opsArchiveRun,
  opsArchiveCheck,
  opsDeadLettersDelete,
  opsDeadLettersGet,
  opsDeadLettersList,
  opsDeadLettersReplay,
  opsRequeue,
  opsStuck,
  opsTenantsResume,
  opsTenantsSuspend,
  opsWorkersDrain,
  opsWorkersList,
  opsWorkersResume,
  runsBulk,
  runsCancel,
  runsEvents,
  runsExport,
  runsExportFinished,
  runsGet,
  runsList,
  runsPause,
  runsReplay,
  runsRestart,
  runsResume,
  runsSubmit,
  runtimeCapabilities,
  runtimeSimulate,
  skillsList,
  isProduction,
  type OrchestratorConfig,
} from '@aos/contracts';
import { OutboxRelay } from '@aos/database';
import { HealthChecks, METRICS, ServiceKitModule } from '@aos/service-kit';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import type { ArchiveStore } from './application/archive/archive-store.ts';
import { archivedRuns } from './application/archive/archived-runs.ts';
import { ArtifactKeeper } from './application/artifacts/artifact-keeper.ts';
import { readArtifact } from './application/artifacts/read-artifact.ts';
import { cancelRun } from './application/cancel-run.ts';
import { createAgent } from './application/create-agent.ts';
import { deleteAgent } from './application/delete-agent.ts';
import { describeCapabilities } from './application/describe-capabilities.ts';
import { exportRun } from './application/export-run.ts';
import { exportFinished } from './application/export-finished.ts';
import { getAgent } from './application/get-agent.ts';
import { getRun } from './application/get-run.ts';
import { listMessages } from './application/messages/list-messages.ts';
import { sendMessage, type SendParts } from './application/messages/send-message.ts';
import { wakeRuns } from './application/messages/wake-runs.ts';
import { listAgents } from './application/list-agents.ts';
import { listRunEvents } from './application/list-run-events.ts';
import { listRuns } from './application/list-runs.ts';
import { listSkills } from './application/list-skills.ts';
import { pauseRun } from './application/pause-run.ts';
import { replayRun } from './application/replay/replay-run.ts';
import { restartRun } from './application/restart-run.ts';
import { resumeRun } from './application/resume-run.ts';
import { simulatePlan } from './application/simulate-plan.ts';
import { bulkRuns } from './application/ops/bulk-runs.ts';
import type { Audit } from './application/ops/audit.ts';
import { whileReachable } from './application/ops/dead-letters.ts';
import { drainWorker } from './application/ops/drain-worker.ts';
import { listArchive, runArchive } from './application/ops/list-archive.ts';
import { listStuck } from './application/ops/list-stuck.ts';
import { listWorkers } from './application/ops/list-workers.ts';
import { getDeadLetter, listDeadLetters } from './application/ops/read-dead-letters.ts';
import { deleteDeadLetter, replayDeadLetters } from './application/ops/replay-dead-letters.ts';
import { requeueRun } from './application/ops/requeue-run.ts';
import { resumeTenant, suspendTenant } from './application/ops/suspend-tenant.ts';
import type { WorkerFleet } from './application/ops/worker-fleet.ts';
import { verifyArchive } from './application/ops/verify-archive.ts';
import { submitRun } from './application/submit-run.ts';
import { updateAgent } from './application/update-agent.ts';
import type { EngineStore, EventPublisher, Planner, Submission } from './application/engine/ports.ts';
import type { ModelCalls } from './application/model-calls.ts';
import { ModelPlanner } from './application/planner/model-planner.ts';
import { ArchiveProcess } from './archive-process.ts';
import type { SkillRegistry } from './domain/skill/skill.ts';
import { EngineProcess } from './engine-process.ts';
import { answer, answerAnonymous } from './inbound/answer.ts';
import { agentVersionsRepository } from './outbound/agent-versions.repository.ts';
import { agentsRepository } from './outbound/agents.repository.ts';
import { archiveDaysRepository } from './outbound/archive/archive-days.repository.ts';
import { archiveIndexRepository } from './outbound/archive/archive-index.repository.ts';
import { openArchiveStore } from './outbound/archive/open-archive-store.ts';
import { artifactProbe, openArtifactStore } from './outbound/artifacts/open-artifact-store.ts';
import { auditLog } from './outbound/audit-log.ts';
import { systemChance, systemClock } from './outbound/clock.ts';
import { Connections } from './outbound/connections.ts';
import { natsDeadLetters } from './outbound/dead-letters.client.ts';
import { engineMetrics } from './outbound/engine-metrics.ts';
import { postgresEngineStore } from './outbound/engine-store.repository.ts';
import { cloudEventOf, natsEventPublisher } from './outbound/event.publisher.ts';
import { finishedRunsRepository } from './outbound/finished-runs.repository.ts';
import { mailboxReader, mailboxRepository } from './outbound/mailbox.repository.ts';
import { routerModelCalls } from './outbound/model-calls.client.ts';
import { runFinderRepository } from './outbound/run-finder.repository.ts';
import { runQueueRepository } from './outbound/run-queue.repository.ts';
import { runsRepository } from './outbound/runs.repository.ts';
import { silentRunsRepository } from './outbound/silent-runs.repository.ts';
import { createSkillRegistry } from './outbound/skills/skill-registry.ts';
import { stubWarning } from './outbound/stub-warning.ts';
import { tenantStandingsRepository } from './outbound/tenant-standings.repository.ts';
import { natsWorkerWitness } from './outbound/worker-witness.ts';
import { workersRepository } from './outbound/workers.repository.ts';

interface Parts {
  config: OrchestratorConfig;
  connections: Connections;
  store: EngineStore;
  publisher: EventPublisher;
  skills: SkillRegistry;
  artifacts: ArtifactKeeper;
  archives: ArchiveStore;
  fleet: WorkerFleet;
  messages: SendParts;
  outbox: OutboxRelay;
}

/** The orchestrator: which command is answered by which use case, and the engine beside them. */
@Module({})
export class AppModule {
  static async connect(config: OrchestratorConfig, logger: Logger): Promise<DynamicModule> {
    const connections = await Connections.open(config, logger);
    const models = routerModelCalls(connections.messaging);
    const store = postgresEngineStore(connections.enginePool, { maxStepsDefault: config.MAX_STEPS });
    const publisher = natsEventPublisher(connections.messaging, connections.timeline);
    const outbox = new OutboxRelay({
      pool: connections.enginePool,
      schema: 'orchestrator',
      publish: (messages) => connections.messaging.publishEvents(messages),
      logger,
    });
    const messages: SendParts = {
      mailbox: mailboxRepository(connections.enginePool, () => outbox.kick()),
      chance: systemChance,
      clock: systemClock,
      wake: wakeRuns({ store, publisher }),
    };
    const skills = await createSkillRegistry(config, { models, messages });
    const artifactStore = await openArtifactStore(config, logger);
    const parts: Parts = {
      config,
      connections,
      skills,
      artifacts: new ArtifactKeeper(artifactStore),
      archives: await openArchiveStore(config),
      store,
      publisher,
      messages,
      outbox,
      fleet: workersRepository(connections.enginePool),
    };
    const startEngine = async (metrics: Registry, health: HealthChecks): Promise<EngineProcess> => {
      const observer = engineMetrics(metrics, logger, () => connections.queueDepth());
      const planner = plannerOf(parts, models, logger);
      const witness = natsWorkerWitness(connections.messaging);
      const engineProcess = await EngineProcess.start({ ...parts, witness, planner, logger, observer });
      answerAgents(parts);
      answerRuns(parts, engineProcess);
      answerMessages(parts);
      answerOperators(parts, engineProcess, auditLog(logger));
      health.register(engineProcess.probe());
      return engineProcess;
    };
    const startArchive = (metrics: Registry): ArchiveProcess => {
      const archive = new ArchiveProcess({ ...parts, logger, timeline: connections.timeline, metrics });
      answerArchive(parts, () => archive.look(), auditLog(logger));
      return archive;
    };
    const probes = [...connections.probes(), artifactProbe(artifactStore, config)];
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'orchestrator', config, logger, probes })],
      providers: [
        { provide: EngineProcess, inject: [METRICS, HealthChecks], useFactory: startEngine },
        { provide: ArchiveProcess, inject: [METRICS], useFactory: startArchive },
      ],
    };
  }
}

function plannerOf({ config, connections, skills }: Parts, models: ModelCalls, logger: Logger): Planner {
  return new ModelPlanner({
    backend: config.PLANNER_BACKEND,
    isProduction: isProduction(config.ENV),
    timeoutMs: config.PLANNER_TIMEOUT_SECONDS * 1_000,
    agents: agentVersionsRepository(connections.enginePool),
    skills,
    models,
    onStub: stubWarning(logger),
  });
}

function answerAgents({ config, connections, skills }: Parts): void {
  const { messaging, database } = connections;
  const agents = agentsRepository(database);
  const limits = { maxSteps: config.MAX_STEPS, maxConcurrentRuns: config.MAX_CONCURRENT_RUNS_PER_AGENT };
  answer(messaging, agentsCreate, createAgent(agents, skills, limits));
  answer(messaging, agentsGet, getAgent(agents, limits));
  answer(messaging, agentsList, listAgents(agents, limits));
  answer(messaging, agentsUpdate, updateAgent(agents, skills, limits));
  answer(messaging, agentsDelete, deleteAgent(agents));
  answer(messaging, skillsList, listSkills(skills));
  answer(messaging, runtimeSimulate, simulatePlan(skills, agents, limits));
  answer(messaging, runtimeCapabilities, describeCapabilities(skills, agents, limits));
}

function answerRuns(
  { config, connections, store, publisher, skills, artifacts, archives }: Parts,
  { engine }: EngineProcess,
): void {
  const { messaging, database, timeline } = connections;
  const clock = systemClock;
  const index = archiveIndexRepository(database);
  const runs = archivedRuns({ runs: runsRepository(database), index, store: archives, clock });
  const chance = systemChance;
  const limits = { maxSteps: config.MAX_STEPS, defaultEstCostCents: config.DEFAULT_EST_COST_CENTS };
  answer(
    messaging,
    runsSubmit,
    submitRun({ submit: (run) => engine.submit(run), skills, clock, chance, limits }),
  );
  answer(messaging, runsGet, getRun(runs));
  answer(messaging, runsList, listRuns(runs));
  answer(messaging, artifactsRead, readArtifact(runs, artifacts));
  answer(
    messaging,
    runsEvents,
    listRunEvents(runs, (row) => cloudEventOf(row, timeline)),
  );
  answer(
    messaging,
    runsExport,
    exportRun(runs, (row) => cloudEventOf(row, timeline)),
  );
  const finished = finishedRunsRepository(connections.enginePool);
  answerAnonymous(
    messaging,
    runsExportFinished,
    exportFinished(finished, (row) => cloudEventOf(row, timeline)),
  );
  const signals = { runs, store, publisher, chance };
  answer(messaging, runsCancel, cancelRun(signals));
  answer(messaging, runsPause, pauseRun(signals));
  answer(messaging, runsResume, resumeRun(signals));
  const rerun = { submit: (run: Submission) => engine.submit(run), skills, clock, chance };
  answer(messaging, runsReplay, replayRun({ ...rerun, runs, artifacts }));
  answer(messaging, runsRestart, restartRun({ runs, restart: (run) => engine.restart(run), clock }));
}

function answerMessages({ connections: { messaging, database }, messages }: Parts): void {
  answer(messaging, messagesSend, sendMessage(messages));
  answer(messaging, messagesList, listMessages(mailboxReader(database)));
}

/** How the archiving of old days is seen and steered. */
function answerArchive({ connections, archives }: Parts, look: () => void, audit: Audit): void {
  const { messaging, enginePool } = connections;
  const days = archiveDaysRepository(enginePool);
  answer(messaging, opsArchiveList, listArchive(days));
  answer(messaging, opsArchiveRun, runArchive({ days, look, audit }));
  answer(messaging, opsArchiveCheck, verifyArchive({ days, store: archives }));
}

/** What operators do; the use cases about all tenants refuse credentials of one. */
function answerOperators(
  { connections, store, publisher, fleet }: Parts,
  { engine }: EngineProcess,
  audit: Audit,
): void {
  const { messaging, database, enginePool } = connections;
  answer(messaging, opsStuck, listStuck(silentRunsRepository(enginePool)));
  answer(messaging, opsRequeue, requeueRun({ queue: runQueueRepository(enginePool), publisher, audit }));
  answer(messaging, opsWorkersList, listWorkers(fleet));
  answer(messaging, opsWorkersDrain, drainWorker({ fleet, publisher, audit }, true));
  answer(messaging, opsWorkersResume, drainWorker({ fleet, publisher, audit }, false));
  const standings = tenantStandingsRepository(enginePool);
  answer(messaging, opsTenantsSuspend, suspendTenant({ standings, audit }));
  answer(messaging, opsTenantsResume, resumeTenant({ standings, audit }));
  const letters = natsDeadLetters(messaging);
  answer(messaging, opsDeadLettersList, whileReachable(listDeadLetters(letters)));
  answer(messaging, opsDeadLettersGet, whileReachable(getDeadLetter(letters)));
  answer(messaging, opsDeadLettersReplay, whileReachable(replayDeadLetters({ letters, audit })));
  answer(messaging, opsDeadLettersDelete, whileReachable(deleteDeadLetter({ letters, audit })));
  const runs = runsRepository(database);
  const cancel = cancelRun({ runs, store, publisher, chance: systemChance });
  const restart = restartRun({ runs, restart: (run) => engine.restart(run), clock: systemClock });
  const bulk = bulkRuns({
    runs: runFinderRepository(database),
    actions: {
      retry: (context, runId) => restart(context, { run_id: runId }),
      cancel: (context, runId, said) => cancel(context, { run_id: runId, ...said }),
    },
  });
  answer(messaging, runsBulk, bulk);
}
