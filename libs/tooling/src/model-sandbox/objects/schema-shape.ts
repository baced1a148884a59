import { z } from 'zod';

/** The part of JSON Schema in which the objects of answers are described. */
const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).min(1).optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  format: z.string().optional(),
  $ref: z.string().optional(),
  get properties() {
    return z.record(z.string(), schemaShape).optional();
  },
  get items() {
    return schemaShape.optional();
  },
  get anyOf() {
    return z.array(schemaShape).optional();
  },
  get oneOf() {
    return z.array(schemaShape).optional();
  },
  get $defs() {
    return z.record(z.string(), schemaShape).optional();
  },
});

export type SchemaShape = z.infer<typeof schemaShape>;
export type Json = z.infer<ReturnType<typeof z.json>>;

const jsonType = ({ type, properties, items }: SchemaShape): string | undefined => {
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null';
  if (type !== undefined) return type;
  if (properties !== undefined) return 'object';
  return items === undefined ? undefined : 'array';
};

/** A schema with what it needs to be read: references followed, the first of several alternatives taken. */
export interface ReadSchema extends SchemaShape {
  jsonType: string | undefined;
}

/** Gives the root of a schema and a function that reads its parts. */
export function readSchema(schema: Record<string, unknown>) {
  const root = schemaShape.parse(schema);
  const read = (part: SchemaShape): ReadSchema => {
    const named = part.$ref === undefined ? undefined : root.$defs?.[part.$ref.replace('#/$defs/', '')];
    const next = named ?? part.anyOf?.[0] ?? part.oneOf?.[0];
    return next === undefined ? { ...part, jsonType: jsonType(part) } : read(next);
  };
  return { root, read };
}
