import { errorOf, fail, type StructuredOutcome } from '@aos/contracts';
import type { Json, JsonObject } from '../skill/skill.ts';

/** What references of a step's params may name. */
export interface ReferenceScope {
  goal: string;
  context: JsonObject;
  /** The output of a step that has succeeded; undefined for any other. */
  outputOf(stepId: string): Json | undefined;
}

/**
 * Params with every `${{ … }}` replaced by its value: one that is the whole string keeps its type, an embedded one
 * becomes text. What cannot be resolved is an `invalid_reference` that names it.
 */
export function resolveReferences(params: JsonObject, scope: ReferenceScope): StructuredOutcome<JsonObject> {
  void params;
  void scope;
  return fail(errorOf('internal', 'not built yet'));
}
