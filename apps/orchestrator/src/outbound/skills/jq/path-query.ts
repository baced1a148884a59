import type { Json } from '../../../domain/skill/skill.ts';

/** Reads the one value a path leads to; undefined where jq would fail, and then jq shall say why. */
export type ReadPath = (input: Json) => Json | undefined;

const FIELD = String.raw`\.[A-Za-z_][A-Za-z0-9_]*|\.?\["[^"\\]*"\]|\."[^"\\]*"`;
const INDEX = String.raw`\.?\[-?\d{1,9}\]`;
const PATH = new RegExp(String.raw`^\s*(?:\.|(?=\.)(?:${FIELD}|${INDEX})+)\s*$`);
const PART = new RegExp(`${FIELD}|${INDEX}`, 'g');

/**
 * A query that is nothing but a path (`.`, `.a.b`, `.items[0]["x y"]`) needs no interpreter, which costs a hundred times
 * as much. Undefined: the query is more than that. What a path means: jq 1.8 manual, Object Identifier-Index, Array Index.
 */
export function pathQuery(query: string): ReadPath | undefined {
  if (!PATH.test(query)) return undefined;
  const keys = [...query.matchAll(PART)].map(([part]) => keyOf(part));
  return (input) => {
    let value: Json | undefined = input;
    for (const key of keys) {
      value = step(value, key);
      if (value === undefined) return undefined;
    }
    return value;
  };
}

function keyOf(part: string): string | number {
  const inner = part.replace(/^\.?\[?/, '').replace(/\]$/, '');
  if (inner.startsWith('"')) return inner.slice(1, -1);
  return /^-?\d/.test(inner) ? Number(inner) : inner;
}

/** Null has no members and says so by null; a member that is not there is null, too. */
function step(value: Json, key: string | number): Json | undefined {
  if (value === null) return null;
  if (typeof key === 'number') {
    return Array.isArray(value) ? (value.at(key) ?? null) : undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}
