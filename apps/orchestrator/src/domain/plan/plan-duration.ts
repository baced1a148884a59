import type { PlanStep } from '@aos/contracts';

/** How long a plan takes whose steps begin as the engine begins them: in the plan's order, when all they depend on are done and one of `maxParallel` places is free. */
export function planDurationMs(
  steps: readonly PlanStep[],
  latencyMs: ReadonlyMap<string, number>,
  maxParallel: number,
): number {
  let nowMs = 0;
  let waiting = [...steps];
  let underWay: { id: string; endMs: number }[] = [];
  const open = new Set(steps.map(({ step_id }) => step_id));
  while (waiting.length > 0 || underWay.length > 0) {
    const free = maxParallel - underWay.length;
    const begun = waiting.filter(({ depends_on }) => depends_on.every((id) => !open.has(id))).slice(0, free);
    waiting = waiting.filter((step) => !begun.includes(step));
    for (const { step_id: id } of begun) underWay.push({ id, endMs: nowMs + (latencyMs.get(id) ?? 0) });
    // A plan whose steps wait for each other is refused before it is forecast.
    if (underWay.length === 0) break;
    nowMs = Math.min(...underWay.map(({ endMs }) => endMs));
    for (const { id, endMs } of underWay) if (endMs <= nowMs) open.delete(id);
    underWay = underWay.filter(({ endMs }) => endMs > nowMs);
  }
  return nowMs;
}
