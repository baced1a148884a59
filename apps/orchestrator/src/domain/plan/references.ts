import { ARTIFACT_BYTES_MAX, errorOf, fail, pointer, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Json, JsonObject } from '../skill/skill.ts';
import { parsePath, type ReferencePath } from './reference-path.ts';

/** What references of a step's params may name. */
export interface ReferenceScope {
  goal: string;
  context: JsonObject;
  /** The output of a step that has succeeded; undefined for any other. */
  outputOf(stepId: string): Json | undefined;
  /** A step that is over and gave nothing, which the run outlived: whatever is asked of its output is null. */
  isWithoutOutput(stepId: string): boolean;
}

type Reference =
  | { kind: 'goal' }
  | { kind: 'context'; path: ReferencePath['path'] }
  | { kind: 'output'; stepId: string; path: ReferencePath['path'] };

export interface FoundReference {
  /** JSON pointer into the params. */
  field: string;
  /** What stands between the braces. */
  text: string;
  /** The reference, or why it is none. */
  meaning: StructuredOutcome<Reference>;
}

const OPENING = '${{';
const CLOSING = '}}';

/** Whether a value of a plan is decided only when its step runs. */
export function holdsReference(value: unknown): boolean {
  return typeof value === 'string' && value.includes(OPENING);
}

/** Every reference in the params, read but not resolved. */
export function referencesIn(params: JsonObject): FoundReference[] {
  const found: FoundReference[] = [];
  const visit = (value: Json, path: string[]): void => {
    if (typeof value === 'string') {
      for (const { text, isReference } of pieces(value)) {
        if (isReference) found.push({ field: pointer(path), text, meaning: parseReference(text) });
      }
    } else if (value !== null && typeof value === 'object') {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  visit(params, []);
  return found;
}

/** The steps whose outputs the params refer to. */
export function stepsReferredTo(params: JsonObject): Set<string> {
  const outputs = referencesIn(params).flatMap(({ meaning }) =>
    meaning.ok && meaning.value.kind === 'output' ? [meaning.value.stepId] : [],
  );
  return new Set(outputs);
}

/**
 * Params with every `${{ … }}` replaced by its value: one that is the whole string keeps its type, an embedded one
 * becomes text (objects and lists as JSON). Values put in are not read for references again. What cannot be resolved is
 * an `invalid_reference` that names it; params that grow over what a step may hand on are a `payload_limit`.
 */
export function resolveReferences(params: JsonObject, scope: ReferenceScope): StructuredOutcome<JsonObject> {
  const room = { bytes: ARTIFACT_BYTES_MAX };
  const resolved = resolveObject(params, { scope, room });
  if (resolved.ok && room.bytes < 0) {
    return fail(
      errorOf('payload_limit', `the params, references resolved, are over ${ARTIFACT_BYTES_MAX} bytes`),
    );
  }
  return resolved;
}

interface Resolving {
  scope: ReferenceScope;
  /** What the values put in may still take. */
  room: { bytes: number };
}

function resolveValue(value: Json, resolving: Resolving): StructuredOutcome<Json> {
  if (typeof value === 'string')
    return holdsReference(value) ? resolveText(value, resolving) : succeed(value);
  if (value === null || typeof value !== 'object') return succeed(value);
  if (!Array.isArray(value)) return resolveObject(value, resolving);
  const items: Json[] = [];
  for (const item of value) {
    const resolved = resolveValue(item, resolving);
    if (!resolved.ok) return resolved;
    items.push(resolved.value);
  }
  return succeed(items);
}

function resolveObject(object: JsonObject, resolving: Resolving): StructuredOutcome<JsonObject> {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    const resolved = resolveValue(value, resolving);
    if (!resolved.ok) return resolved;
    entries.push([key, resolved.value]);
  }
  // Unlike an assignment, this makes a key `__proto__` a key like any other.
  return succeed(Object.fromEntries(entries));
}

function resolveText(text: string, resolving: Resolving): StructuredOutcome<Json> {
  const parts = pieces(text);
  const values: Json[] = [];
  for (const part of parts) {
    const value = part.isReference ? lookUp(part.text, resolving) : succeed<Json>(part.text);
    if (!value.ok) return value;
    if (resolving.room.bytes < 0) return succeed(null);
    values.push(value.value);
  }
  const [only, ...others] = values;
  if (others.length === 0 && only !== undefined) return succeed(only);
  return succeed(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(''));
}

function lookUp(text: string, { scope, room }: Resolving): StructuredOutcome<Json> {
  const reference = parseReference(text);
  if (!reference.ok) return reference;
  const value = valueOf(reference.value, scope);
  if (value === undefined) return fail(errorOf('invalid_reference', `${text}: there is no such value`));
  room.bytes -= JSON.stringify(value).length;
  return succeed(value);
}

function valueOf(reference: Reference, scope: ReferenceScope): Json | undefined {
  switch (reference.kind) {
    case 'goal':
      return scope.goal;
    case 'context':
      return follow(scope.context, reference.path);
    case 'output':
      if (scope.isWithoutOutput(reference.stepId)) return null;
      return follow(scope.outputOf(reference.stepId), reference.path);
  }
}

/** Own fields and items only: what objects inherit (`constructor`, `__proto__`) is no value. */
function follow(value: Json | undefined, path: ReferencePath['path']): Json | undefined {
  let current = value;
  for (const key of path) {
    if (current === undefined || current === null || typeof current !== 'object') return undefined;
    if (Array.isArray(current)) current = typeof key === 'number' ? current[key] : undefined;
    else current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

function parseReference(text: string): StructuredOutcome<Reference> {
  const parsed = parsePath(text);
  const [first, second, ...rest] = parsed?.path ?? [];
  if (parsed?.root === 'goal' && first === undefined) return succeed({ kind: 'goal' });
  if (parsed?.root === 'context') return succeed({ kind: 'context', path: parsed.path });
  if (parsed?.root === 'steps' && typeof first === 'string' && second === 'output') {
    return succeed({ kind: 'output', stepId: first, path: rest });
  }
  if (parsed?.root === 'secrets') {
    return refused(`${text}: secrets cannot be used yet; this server has no connections`);
  }
  return refused(`${text}: not a reference; write steps.<step_id>.output.<field>, context.<field> or goal`);
}

function refused(message: string): StructuredOutcome<never> {
  return fail(errorOf('invalid_reference', message));
}

/** Text cut into what stands as it is and what stands between `${{` and `}}`. An opening without end is a reference to nothing. */
function pieces(text: string): { text: string; isReference: boolean }[] {
  const found: { text: string; isReference: boolean }[] = [];
  let from = 0;
  for (let start = text.indexOf(OPENING); start !== -1; start = text.indexOf(OPENING, from)) {
    if (start > from) found.push({ text: text.slice(from, start), isReference: false });
    const end = text.indexOf(CLOSING, start);
    if (end === -1) return [...found, { text: text.slice(start), isReference: true }];
    found.push({ text: text.slice(start + OPENING.length, end).trim(), isReference: true });
    from = end + CLOSING.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), isReference: false });
  return found;
}
