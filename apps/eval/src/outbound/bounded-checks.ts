import { createContext, Script } from 'node:vm';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Checks } from '../domain/checks.ts';

/** What the checks of one task, or of one suite on its way in, may take together. */
const TIME_MS = 1_000;
const TEXT_CHARS_MAX = 100_000;
const PATTERN_CHARS_MAX = 1_000;
const ERRORS_SHOWN = 3;

const OPTIONS = {
  allErrors: true,
  strict: false,
  validateFormats: false,
  addUsedSchema: false,
  logger: false,
} as const;

const script = new Script('work()');

/**
 * Patterns and schemas of tenants, run within a time limit that V8 keeps: it ends a pattern that backtracks without end,
 * and a schema that refers to itself. All checks of one object share that time, so the process stands still no longer.
 */
export function boundedChecks(timeMs = TIME_MS): Checks {
  let leftMs = timeMs;
  let ajv: Ajv2020 | undefined;
  // What schemas leave behind goes with this object, and two with the same `$id` do not meet.
  const compile = (schema: unknown): ValidateFunction => {
    ajv ??= new Ajv2020(OPTIONS);
    return ajv.compile(schema as object | boolean);
  };
  const within = (work: () => string | undefined): string | undefined => {
    if (leftMs < 1)
      return 'could not be checked: the checks before it took too long; simplify their patterns';
    const startedMs = performance.now();
    try {
      return script.runInContext(createContext({ work }), { timeout: Math.ceil(leftMs) });
    } catch (error) {
      return problemOf(error, timeMs);
    } finally {
      leftMs -= performance.now() - startedMs;
    }
  };
  return {
    misfitOfPattern: (pattern, text) =>
      text.length > TEXT_CHARS_MAX
        ? `has ${text.length} characters; a pattern is tried on at most ${TEXT_CHARS_MAX}`
        : within(() => (new RegExp(pattern, 'u').test(text) ? undefined : `does not match /${pattern}/`)),
    problemOfPattern: (pattern) =>
      pattern.length > PATTERN_CHARS_MAX
        ? `has ${pattern.length} characters, a pattern may have ${PATTERN_CHARS_MAX}`
        : within(() => void new RegExp(pattern, 'u')),
    misfitOfSchema: (schema, value) => within(() => misfitOf(compile(schema), value)),
    problemOfSchema: (schema) => within(() => void compile(schema)),
  };
}

function misfitOf(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value)) return undefined;
  const errors = validate.errors ?? [];
  const more = errors.length > ERRORS_SHOWN ? '; …' : '';
  return `does not fit the schema: ${errors.slice(0, ERRORS_SHOWN).map(errorText).join('; ')}${more}`;
}

function errorText({ instancePath, message = 'is wrong' }: ErrorObject): string {
  return `${instancePath === '' ? 'it' : instancePath} ${message}`;
}

/** What V8, RegExp and ajv say of a check that cannot be made. */
function problemOf(error: unknown, timeMs: number): string {
  const { code, message }: { code?: unknown; message?: unknown } = Object(error);
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return `could not be checked within ${timeMs} ms`;
  return `cannot be used: ${String(message)}`;
}
