import type { EventData } from '@aos/contracts';
import { isOfRollback } from '../run/evolve-rollback.ts';
import type { RunEvent, RunEventType } from '../run/state.ts';
import type { Explanation } from './explanation.ts';
import { ofRollback } from './rollback-rules.ts';
import * as run from './run-rules.ts';
import type { Scene } from './scene.ts';
import * as step from './step-rules.ts';
import { stepWaiting } from './waiting-rules.ts';

/** Told apart from the steps' own by `isOfRollback`. */
type RollbackType = 'run.compensating' | 'step.compensated';

type OwnType = Exclude<RunEventType, RollbackType>;

type Rule<T extends RunEventType> = (scene: Scene, data: EventData<T>) => Explanation;

/** What explains an event, by its type. A type without a rule does not compile. */
const RULES: { readonly [T in OwnType]: Rule<T> } = {
  'run.queued': run.queued,
  'run.started': run.started,
  'run.resumed': run.resumed,
  'run.waiting': run.waiting,
  'run.restarted': run.restarted,
  'run.finished': run.finished,
  'plan.created': run.planCreated,
  'plan.reviewed': run.planReviewed,
  'plan.rejected': run.planRejected,
  'tool.call.requested': step.callRequested,
  'tool.call.succeeded': step.callSucceeded,
  'tool.call.failed': step.callFailed,
  'artifact.created': step.artifactCreated,
  'artifact.removed': step.artifactRemoved,
  'step.resolved': step.stepResolved,
  'step.waiting': stepWaiting,
  'step.finished': step.stepFinished,
  'step.recorded': step.stepRecorded,
};

const ROLLBACK_TYPES: { readonly [T in RollbackType]: true } = {
  'run.compensating': true,
  'step.compensated': true,
};

export function hasRule(type: string): type is RunEventType {
  return Object.hasOwn(RULES, type) || Object.hasOwn(ROLLBACK_TYPES, type);
}

export function explain(scene: Scene, event: RunEvent): Explanation {
  return isOfRollback(event) ? ofRollback(scene, event) : byType(scene, event);
}

function byType<T extends OwnType>(scene: Scene, event: { type: T; data: EventData<T> }): Explanation {
  return RULES[event.type](scene, event.data);
}
