import {
  evaluationsGet,
  evaluationsList,
  evaluationsStart,
  suitesGet,
  suitesList,
  suitesPut,
  type EvalConfig,
  type Suite,
} from '@aos/contracts';
import { METRICS, ServiceKitModule } from '@aos/service-kit';
import { answer } from '@aos/service-kit/answer';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { findSuite } from './application/find-suite.ts';
import { getEvaluation } from './application/get-evaluation.ts';
import { listEvaluations } from './application/list-evaluations.ts';
import { listSuites } from './application/list-suites.ts';
import { putSuite } from './application/put-suite.ts';
import { startEvaluation } from './application/start-evaluation.ts';
import { EvaluationProcess } from './evaluation-process.ts';
import { boundedChecks } from './outbound/bounded-checks.ts';
import { Connections } from './outbound/connections.ts';
import { evalMetrics } from './outbound/eval-metrics.ts';
import { evaluationsRepository } from './outbound/evaluations.repository.ts';
import { readGoldenSuite } from './outbound/golden-suite.ts';
import { suitesRepository } from './outbound/suites.repository.ts';

/** Nobody's patterns but our own: a machine that is busy while the service starts is no reason not to. */
const SHIPPED_SUITE_MS_MAX = 30_000;

/** The eval service: which command is answered by which use case, and the work on evaluations beside them. */
@Module({})
export class AppModule {
  static async connect(config: EvalConfig, logger: Logger): Promise<DynamicModule> {
    const golden = await readGoldenSuite(boundedChecks(SHIPPED_SUITE_MS_MAX));
    const connections = await Connections.open(config, logger);
    const startProcess = (metrics: Registry): EvaluationProcess => {
      const evaluationProcess = new EvaluationProcess({
        config,
        connections,
        logger,
        observe: evalMetrics(metrics),
      });
      answerCommands(connections, golden, () => evaluationProcess.worker.kick());
      return evaluationProcess;
    };
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'eval', config, logger, probes: connections.probes() })],
      providers: [{ provide: EvaluationProcess, inject: [METRICS], useFactory: startProcess }],
    };
  }
}

function answerCommands({ messaging, database }: Connections, golden: Suite, onStarted: () => void): void {
  const suites = suitesRepository(database);
  const evaluations = evaluationsRepository(database);
  const find = findSuite(suites, golden);
  answer(messaging, suitesPut, putSuite(suites, boundedChecks));
  answer(messaging, suitesGet, find);
  answer(messaging, suitesList, listSuites(suites, golden));
  answer(messaging, evaluationsStart, startEvaluation({ evaluations, findSuite: find, onStarted }));
  answer(messaging, evaluationsGet, getEvaluation(evaluations));
  answer(messaging, evaluationsList, listEvaluations(evaluations));
}
