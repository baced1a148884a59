/** Whether two JSON values are the same; the order of fields does not matter. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && hasFields(left, right, isEqual);
}

/** A part of a text, a member of a list (an object: with these fields), these fields of an object. */
export function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (Array.isArray(whole)) return whole.some((member) => isSameOrSubset(part, member));
  return isObject(whole) && isObject(part) && hasFields(part, whole, isSameOrSubset);
}

function isSameOrSubset(part: unknown, whole: unknown): boolean {
  if (isObject(part) && isObject(whole)) return hasFields(part, whole, isSameOrSubset);
  return isEqual(part, whole);
}

function hasFields(
  part: Record<string, unknown>,
  whole: Record<string, unknown>,
  fits: (part: unknown, whole: unknown) => boolean,
): boolean {
  return Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && fits(value, whole[key]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
