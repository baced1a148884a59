import { fail, invalidRequest, succeed, type LlmRequest, type StructuredOutcome } from '@aos/contracts';
import { endOfLifeNotice, findModel, unknownModelMessage, type Model } from '../domain/model.ts';
import type { Clock, LlmObserver } from './ports.ts';

export interface ChooseModelParts {
  models: readonly Model[];
  /** For requests that name none. */
  defaultModel: string;
  clock: Clock;
  observer: LlmObserver;
}

/** The model of a request. One at its end is used as asked, and told of once. */
export function chooseModel({ models, defaultModel, observer, clock }: ChooseModelParts) {
  const told = new Set<Model>();
  return ({ model: name = defaultModel, max_tokens: tokensMax }: LlmRequest): StructuredOutcome<Model> => {
    const model = findModel(models, name);
    if (model === undefined) {
      return fail(invalidRequest([{ field: '/model', message: unknownModelMessage(models, name) }]));
    }
    if (tokensMax > model.outputTokensMax) {
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
