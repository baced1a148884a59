import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Which side of a schema is shown: what is sent (defaults may be left out) or what is received (all is there). */
type Side = 'input' | 'output';

/** Schemas that have a name of their own in a document, by name. */
type NamedSchemas = Readonly<Record<string, z.ZodType>>;

const COMPONENTS = '#/components/schemas/';
const ANY_JSON = 'Json';

/** Turns Zod schemas into JSON Schema 2020-12 for one document, in which named parts are kept once. */
export class JsonSchemas {
  readonly #names: Readonly<Record<Side, Map<z.ZodType, string>>>;
  readonly #components = new Map<string, JsonSchema>();

  /** The names of inputs and outputs must differ: the same schema looks different from both sides. */
  constructor(named: Readonly<Record<Side, NamedSchemas>>) {
    this.#names = { input: namesOf(named.input), output: namesOf(named.output) };
  }

  /** What is sent in a request. */
  input(schema: z.ZodType): JsonSchema {
    return this.#show(schema, 'input');
  }

  /** What is received in a reply or event; added fields are tolerated. */
  output(schema: z.ZodType): JsonSchema {
    return this.#show(schema, 'output');
  }

  /** The named schemas shown so far, for `components.schemas`. */
  components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#components].sort(([left], [right]) => left.localeCompare(right)));
  }

  #show(schema: z.ZodType, side: Side): JsonSchema {
    const name = this.#names[side].get(schema);
    if (name === undefined) return this.#convert(schema, side);
    if (!this.#components.has(name)) this.#components.set(name, this.#convert(schema, side));
    return { $ref: COMPONENTS + name };
  }

  #convert(schema: z.ZodType, side: Side): JsonSchema {
    const metadata = z.registry<{ id?: string }>();
    for (const [part, name] of this.#names[side]) if (part !== schema) metadata.add(part, { id: name });
    const { $defs = {}, ...shown } = z.toJSONSchema(schema, { io: side, metadata, override: readable });
    for (const [name, part] of Object.entries($defs)) this.#keep(name, part);
    return withComponentRefs(shown);
  }

  #keep(name: string, part: JsonSchema): void {
    if (!isUnnamed(name)) this.#components.set(name, withComponentRefs(part));
    else if (shapeOf(part) === shapeOf(anyJson()))
      this.#components.set(ANY_JSON, { description: 'Any JSON value' });
    else throw new Error('a recursive schema other than z.json() needs a name');
  }
}

function namesOf(named: NamedSchemas): Map<z.ZodType, string> {
  return new Map(Object.entries(named).map(([name, schema]) => [schema, name]));
}

/** Leaves out what readers need not see: patterns of known formats, the range of safe integers, closed replies. */
function readable({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  const isTolerant = zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined;
  if (isTolerant) delete jsonSchema.additionalProperties;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  delete jsonSchema.id;
}

/** Zod's name of a recursive schema without a name. */
function isUnnamed(name: string): boolean {
  return name.startsWith('__schema');
}

function anyJson(): JsonSchema {
  const { $defs = {} } = z.toJSONSchema(z.object({ any: z.json() }));
  return $defs['__schema0'] ?? {};
}

function shapeOf(schema: JsonSchema): string {
  return JSON.stringify(schema).replaceAll(/__schema\d+/g, '');
}

function withComponentRefs(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$schema') return undefined;
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.replace('#/$defs/', '');
    return COMPONENTS + (isUnnamed(name) ? ANY_JSON : name);
  });
}
