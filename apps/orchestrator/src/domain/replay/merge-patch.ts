import type { Json, JsonObject } from '../skill/skill.ts';

/** The object with a JSON merge patch (RFC 7396) applied: objects are merged, null takes away, all else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, patched(merged.get(key), value));
  }
  // Unlike an assignment, this makes a key `__proto__` a key like any other.
  return Object.fromEntries(merged);
}

function patched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  return mergePatch(isObject(target) ? target : {}, patch);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
