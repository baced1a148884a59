import type { Model } from '../domain/model.ts';
import { ANTHROPIC_MODELS } from './anthropic-models.ts';
import { OPENAI_MODELS } from './openai-models.ts';

/** Every model of the public providers that can be called; those of other servers come with their configuration. */
export const MODELS: readonly Model[] = [...ANTHROPIC_MODELS, ...OPENAI_MODELS];
