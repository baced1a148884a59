import type { InputIssue } from '@aos/contracts';
import { NONE_ENDED, type EndedSteps } from './ended-steps.ts';

/** A step as a node of the plan's graph; `index` is its place in the caller's list. */
export interface StepNode {
  index: number;
  stepId: string;
  dependsOn: readonly string[];
}

export interface StepOrder {
  /** A step comes after all it depends on; else in the caller's order. */
  ordered: StepNode[];
  /** Per step id all the steps that are finished before it starts. */
  upstream: ReadonlyMap<string, ReadonlySet<string>>;
  issues: InputIssue[];
}

/** Puts steps in order. With issues (unknown, self or circular `depends_on`) the order lacks the steps concerned. */
export function orderSteps(nodes: readonly StepNode[], over: EndedSteps = NONE_ENDED): StepOrder {
  const known = new Set([...over.keys(), ...nodes.map(({ stepId }) => stepId)]);
  const issues = nodes.flatMap((node) => dependencyIssues(node, known));
  const ordered: StepNode[] = [];
  const upstream = new Map([...over.keys()].map((id) => [id, new Set<string>()]));
  let open = [...nodes];
  let isProgressing = true;
  while (isProgressing) {
    const ready = open.find((node) => node.dependsOn.every((id) => upstream.has(id) || !known.has(id)));
    isProgressing = ready !== undefined;
    if (ready === undefined) break;
    ordered.push(ready);
    upstream.set(ready.stepId, new Set(ready.dependsOn.flatMap((id) => [id, ...(upstream.get(id) ?? [])])));
    open = open.filter((node) => node !== ready);
  }
  return { ordered, upstream, issues: [...issues, ...cycleIssues(open)] };
}

function dependencyIssues(node: StepNode, known: ReadonlySet<string>): InputIssue[] {
  return node.dependsOn.flatMap((id, place): InputIssue[] => {
    const field = `/plan/${node.index}/depends_on/${place}`;
    if (id === node.stepId) return [{ field, message: 'a step cannot depend on itself' }];
    if (!known.has(id)) return [{ field, message: `there is no step ${id}` }];
    return [];
  });
}

/** Names one circle among steps that could not be ordered. A step that depends on itself is reported already. */
function cycleIssues(stuck: readonly StepNode[]): InputIssue[] {
  const byId = new Map(stuck.map((node) => [node.stepId, node]));
  const walked: StepNode[] = [];
  let current = stuck[0];
  while (current !== undefined && !walked.includes(current)) {
    walked.push(current);
    const next = current.dependsOn.find((id) => byId.has(id));
    current = next === undefined ? undefined : byId.get(next);
  }
  if (current === undefined) return [];
  const circle = walked.slice(walked.indexOf(current));
  if (circle.length === 1) return [];
  const names = [...circle, current].map(({ stepId }) => stepId).join(' → ');
  return [{ field: `/plan/${current.index}/depends_on`, message: `the steps wait for each other: ${names}` }];
}
