import {
  errorOf,
  fail,
  invalidRequest,
  issuesOf,
  succeed,
  type AwaitKind,
  type InputIssue,
  type StructuredOutcome,
  type ToolSpec,
} from '@aos/contracts';
import { z } from 'zod';
import { holdsReference } from '../../domain/plan/references.ts';
import {
  NOTHING_SPENT,
  type Json,
  type JsonObject,
  type Skill,
  type SkillCall,
  type Undo,
  type Waiting,
} from '../../domain/skill/skill.ts';

/** Any value. Params come from JSON, so there is nothing to check in it but that it is there; large ones would take long. */
export const anyJson = z.unknown().refine((value) => value !== undefined, 'is missing') as z.ZodType<Json>;

/** What a skill answers that has nothing yet. */
export class WaitFor {
  readonly waiting: Waiting;

  constructor(waiting: Waiting) {
    this.waiting = waiting;
  }
}

/** A skill as it is written: schemas and what to do; the rest of the port follows from them. */
export interface SkillDefinition<P extends z.ZodType> extends Omit<
  ToolSpec,
  'input_schema' | 'output_schema'
> {
  params: P;
  output: z.ZodType;
  hasSideEffects: (params: JsonObject) => boolean;
  isIdempotent: (params: JsonObject) => boolean;
  /** The call charges what it spends itself; `cost_microcents` is then what one usually costs, for reservations. */
  isMetered?: true;
  isOnlyPaid?: true;
  /** Where the params say more of it than `cost_microcents`. */
  usualCostMicrocents?: (params: JsonObject) => number;
  forbiddenPlaces?: (params: JsonObject) => InputIssue[];
  /** Goes with `compensated_by`, the skill it calls. */
  undoOf?: (params: JsonObject, output: Json) => Undo | null;
  awaits?: AwaitKind;
  run: (params: z.output<P>, call: SkillCall) => Promise<StructuredOutcome<Json | WaitFor>>;
}

/** Makes a skill of its definition: manifest from the schemas, params checked before each call, the fixed cost charged. */
export function defineSkill<P extends z.ZodType>(definition: SkillDefinition<P>): Skill {
  const {
    params: schema,
    output,
    hasSideEffects,
    isIdempotent,
    forbiddenPlaces,
    isMetered = false,
    isOnlyPaid,
    usualCostMicrocents,
    undoOf,
    run,
    awaits,
    ...manifest
  } = definition;
  const spec: ToolSpec = {
    ...manifest,
    input_schema: jsonSchemaOf(schema),
    output_schema: jsonSchemaOf(output),
  };
  return {
    spec,
    ...(isOnlyPaid === true ? { isOnlyPaid } : {}),
    ...(awaits === undefined ? {} : { awaits }),
    validate: (params) => {
      const parsed = schema.safeParse(params);
      if (parsed.success) return [];
      // What stands where a reference is, is known only when the step runs.
      const open = parsed.error.issues.filter(({ path }) => !isOpen(params, path));
      return issuesOf(new z.ZodError(open));
    },
    forbiddenPlaces: (params) => forbiddenPlaces?.(params) ?? [],
    usualCostMicrocents: (params) => usualCostMicrocents?.(params) ?? spec.cost_microcents,
    hasSideEffects,
    isIdempotent,
    undoOf: (params, output) => undoOf?.(params, output) ?? null,
    execute: async (call) => {
      const parsed = schema.safeParse(call.params);
      if (!parsed.success) return fail(invalidParams(issuesOf(parsed.error)));
      const outcome = await run(parsed.data, call);
      if (!outcome.ok) return outcome;
      if (outcome.value instanceof WaitFor) return succeed({ waiting: outcome.value.waiting });
      call.charge({ ...NOTHING_SPENT, costMicrocents: isMetered ? 0 : spec.cost_microcents });
      return succeed({ output: outcome.value });
    },
  };
}

function invalidParams(issues: InputIssue[]) {
  return errorOf('invalid_params', invalidRequest(issues).message, { details: { issues } });
}

/** Whether a reference stands at the path or above it. */
function isOpen(params: JsonObject, path: readonly PropertyKey[]): boolean {
  let current: unknown = params;
  for (const key of path) {
    if (holdsReference(current) || typeof current !== 'object' || current === null) break;
    current = Reflect.get(current, key);
  }
  return holdsReference(current);
}

function jsonSchemaOf(schema: z.ZodType): ToolSpec['input_schema'] {
  return z.record(z.string(), z.json()).parse(z.toJSONSchema(schema, { io: 'input' }));
}
