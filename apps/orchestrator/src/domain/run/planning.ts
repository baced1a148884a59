import type { PlanningMode, ReplanMoment } from '@aos/contracts';

/** How a run is planned. */
export interface Planning {
  mode: PlanningMode;
  /** When an adaptive run asks its planner. */
  replan: ReplanMoment;
}

/** What a goal or its agent says of it. */
export type PlanningWish = { [K in keyof Planning]?: Planning[K] | undefined };

/** The goal's word goes before its agent's. */
export function planningOf(goal: PlanningWish = {}, agent: PlanningWish = {}): Planning {
  return {
    mode: goal.mode ?? agent.mode ?? 'plan',
    replan: goal.replan ?? agent.replan ?? 'on_failure',
  };
}

/** How often the planner of a given plan is asked at most where every step succeeds. */
export function plannerCalls({ mode, replan }: Planning, steps: number): number {
  if (mode === 'plan') return 0;
  return replan === 'every_step' ? steps : 1;
}
