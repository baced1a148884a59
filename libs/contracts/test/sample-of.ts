import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: '0193b0a0-0000-7000-8000-000000000001',
  'date-time': '2026-01-02T03:04:05.678Z',
  date: '2026-01-02',
};

/** Patterns that the word `sample` does not match. */
const BY_PATTERN: Readonly<Record<string, string>> = { '^(\\/([^~/]|~[01])*)*$': '/sample' };

/** A value that fits the schema, with every optional field; always the same. */
export function sampleOf(schema: z.ZodType): unknown {
  const json = z.toJSONSchema(schema, { io: 'input' });
  return sample(json, json.$defs ?? {}, new Set());
}

/** `open`: the references being followed, so that recursive schemas end. */
function sample(schema: JsonSchema, defs: Record<string, JsonSchema>, open: ReadonlySet<string>): unknown {
  const go = (part: JsonSchema | boolean | undefined) => sample(objectOf(part), defs, open);
  if (schema.$ref !== undefined) {
    const target = defs[schema.$ref.replace('#/$defs/', '')] ?? {};
    return open.has(schema.$ref) ? null : sample(target, defs, new Set([...open, schema.$ref]));
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return go(choice);
  if (schema.type === 'object') return objectSample(schema, go);
  if (schema.type === 'array') return Array.isArray(schema.items) ? [] : [go(schema.items)];
  return scalarSample(schema);
}

function objectSample(schema: JsonSchema, go: (part: JsonSchema | boolean | undefined) => unknown): unknown {
  const fields = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, go(part)] as const);
  const isMap = fields.length === 0 && typeof schema.additionalProperties === 'object';
  return isMap ? { key: go(schema.additionalProperties) } : Object.fromEntries(fields);
}

function scalarSample(schema: JsonSchema): unknown {
  const [type] = [schema.type].flat();
  if (type === 'boolean') return true;
  if (type === 'number' || type === 'integer') return Math.max(1, schema.minimum ?? 1);
  if (type === 'string')
    return BY_PATTERN[schema.pattern ?? ''] ?? BY_FORMAT[schema.format ?? ''] ?? 'sample';
  return null;
}

function objectOf(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === 'object' ? schema : {};
}
