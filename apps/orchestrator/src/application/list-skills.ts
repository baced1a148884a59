import {
  succeed,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type skillsList,
} from '@aos/contracts';
import type { SkillRegistry } from '../domain/skill/skill.ts';

/** The skills a plan may use, with their manifests; the same for every tenant. */
export function listSkills(skills: SkillRegistry) {
  const manifest = [...skills.values()].map(({ spec }) => spec);
  const listed = succeed({ skills: manifest.map(({ name, version }) => ({ name, version })), manifest });
  return async (_context: RequestContext): Promise<StructuredOutcome<OutputOf<typeof skillsList>>> => listed;
}
