/** What JSON can say. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object, such as a JSON Schema. */
export type JsonObject = Record<string, JsonValue>;
