import { fieldValue } from './field-value.ts';
import { readSchema, type Json, type ReadSchema, type SchemaShape } from './schema-shape.ts';

/** A schema may hold itself: below this depth lists and objects stay empty. */
const DEPTH_MAX = 8;

/**
 * An object that fits the schema: fields with a known name are filled from the prompt by keyword rules, the others with
 * sample values of their type. Patterns are not looked at.
 */
export function fittingObject(schema: Record<string, unknown>, prompt: string): Json {
  const { root, read } = readSchema(schema);
  const valueOf = (part: SchemaShape, name: string, depth: number): Json => {
    const wanted = read(part);
    if (wanted.const !== undefined) return wanted.const;
    if (wanted.jsonType === 'object') {
      const fields = depth < DEPTH_MAX ? Object.entries(wanted.properties ?? {}) : [];
      return Object.fromEntries(fields.map(([key, field]) => [key, valueOf(field, key, depth + 1)]));
    }
    if (wanted.jsonType === 'array') {
      const items = Array.from({ length: depth < DEPTH_MAX ? lengthOf(wanted) : 0 });
      return items.map(() => valueOf(wanted.items ?? {}, name, depth + 1));
    }
    return fieldValue(wanted, name, prompt);
  };
  return valueOf(root, '', 0);
}

const lengthOf = ({ minItems = 1, maxItems = Infinity }: ReadSchema) =>
  Math.min(Math.max(minItems, 1), maxItems);
