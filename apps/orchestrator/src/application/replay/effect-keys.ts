import { stepsReferredTo, resolveReferences } from '../../domain/plan/references.ts';
import type { KeyOf } from '../../domain/replay/scene.ts';
import type { Json } from '../../domain/skill/skill.ts';
import { effectKey } from '../effect-key.ts';
import { scopeOf } from '../engine/reference-scope.ts';

/** The keys a run's effects would be asked for under today. `outputs`: those kept as artifacts, by their hashes. */
export function effectKeysOf(runId: string, outputs: ReadonlyMap<string, Json>): KeyOf {
  return (state, { step_id: stepId, params }) => {
    const loaded = new Map<string, Json>();
    for (const source of stepsReferredTo(params)) {
      const artifact = Object.hasOwn(state.steps, source) ? state.steps[source]?.outputArtifact : null;
      if (!artifact) continue;
      const output = outputs.get(artifact.sha256);
      if (output === undefined) return null;
      loaded.set(source, output);
    }
    const resolved = resolveReferences(params, scopeOf(state, loaded));
    return resolved.ok ? effectKey({ runId, stepId, generation: state.generation }, resolved.value) : null;
  };
}
