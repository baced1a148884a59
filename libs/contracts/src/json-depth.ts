/** How deep a body or an output may be nested; handling deeper ones would exhaust the stack. */
export const JSON_DEPTH_MAX = 64;

/** Whether `value` is nested deeper than `depthMax`; looks no deeper than that itself. */
export function isDeeperThan(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depthMax === 0) return true;
  return Object.values(value).some((member) => isDeeperThan(member, depthMax - 1));
}
