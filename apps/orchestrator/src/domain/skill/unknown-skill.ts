import { nearNames } from '@aos/contracts';
import type { SkillRegistry } from './skill.ts';

/** What to tell who names a skill that does not exist. */
export function unknownSkillMessage(name: string, skills: SkillRegistry): string {
  const names = [...skills.keys()];
  const near = nearNames(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.join(', ')}`;
  return `there is no skill ${name}; ${hint}`;
}
