import { PLANNING_MODES, REPLAN_MOMENTS } from '@aos/contracts';
import { Option } from 'commander';

/** How a run, or the runs of an agent, are planned. */
export function planningMode(): Option {
  const what = 'adaptive: the planner is told what became of its steps and goes on from there';
  return new Option('--planning-mode <mode>', what).choices([...PLANNING_MODES]);
}

export function replan(): Option {
  const what = 'when an adaptive run asks its planner; each time is a paid call';
  return new Option('--replan <when>', what).choices([...REPLAN_MOMENTS]);
}
