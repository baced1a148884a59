import { fail, invalidRequest, succeed, type StructuredOutcome } from '@aos/contracts';
import {
  endOfLifeNotice,
  findModel,
  kindOf,
  unknownModelMessage,
  type Model,
  type ModelKind,
} from '../../domain/model.ts';
import type { Clock, LlmObserver } from '../ports.ts';

export interface ChooseModelParts {
  models: readonly Model[];
  /** For requests that name none. */
  defaultModel: string;
  clock: Clock;
  observer: LlmObserver;
}

/** What the choice goes by. */
interface Wish {
  tenantId: string;
  kind: ModelKind;
  /** As asked; absent: the default. */
  name: string | undefined;
  outputTokensMax: number | undefined;
}

export type ChooseModel = (wish: Wish) => StructuredOutcome<Model>;

/** The model of a request. One at its end is used as asked, and told of once. */
export function chooseModel({ models, defaultModel, observer, clock }: ChooseModelParts): ChooseModel {
  const told = new Set<Model>();
  const ofKind = new Map<ModelKind, Model[]>();
  for (const model of models) ofKind.set(kindOf(model), [...(ofKind.get(kindOf(model)) ?? []), model]);
  return ({ kind, name = defaultModel, outputTokensMax }) => {
    const offered = ofKind.get(kind) ?? [];
    const model = findModel(offered, name);
    if (model === undefined) {
      return fail(invalidRequest([{ field: '/model', message: unknownModelMessage(offered, name) }]));
    }
    if (outputTokensMax !== undefined && outputTokensMax > model.outputTokensMax) {
      const message = `must not be above ${model.outputTokensMax}, the most that ${model.name} writes`;
      return fail(invalidRequest([{ field: '/max_tokens', message }]));
    }
    const notice = endOfLifeNotice(model, clock.now());
    if (notice !== undefined && !told.has(model)) {
      told.add(model);
      observer.modelIsEnding(notice);
    }
    return succeed(model);
  };
}
