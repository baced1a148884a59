/** Checks whose rules are written by tenants; they must not hold the process up, so each is cut after some time. */
export interface Checks {
  /** Why `text` does not match the pattern; undefined: it does. */
  misfitOfPattern(pattern: string, text: string): string | undefined;
  /** Why `value` does not fit the JSON Schema; undefined: it does. */
  misfitOfSchema(schema: unknown, value: unknown): string | undefined;
  /** Why it is no pattern that can be used. */
  problemOfPattern(pattern: string): string | undefined;
  /** Why it is no schema that can be used. */
  problemOfSchema(schema: unknown): string | undefined;
}
