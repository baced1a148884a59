/** Where a value stands in a text of JSON; `end` is exclusive. */
export interface JsonSpan {
  start: number;
  end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * The fields of a JSON object with the places of their values, without reading those: prompts are neither decoded nor
 * copied. Undefined for what is no object, and for one that names a field twice, which two readers may take for two
 * different requests. What stands inside of values is not checked.
 */
export function scanObject(json: Uint8Array): Map<string, JsonSpan> | undefined {
  const fields = new Map<string, JsonSpan>();
  let at = skipSpace(json, 0);
  if (json[at] !== OPEN_BRACE) return undefined;
  at = skipSpace(json, at + 1);
  if (json[at] === CLOSE_BRACE) return isOver(json, at + 1) ? fields : undefined;
  for (;;) {
    if (json[at] !== QUOTE) return undefined;
    const keyEnd = endOfString(json, at);
    const name = keyIn(json, at, keyEnd);
    at = skipSpace(json, keyEnd);
    if (name === undefined || fields.has(name) || json[at] !== COLON) return undefined;
    const start = skipSpace(json, at + 1);
    const end = endOfValue(json, start);
    if (end <= start) return undefined;
    fields.set(name, { start, end });
    at = skipSpace(json, end);
    if (json[at] === CLOSE_BRACE) return isOver(json, at + 1) ? fields : undefined;
    if (json[at] !== COMMA) return undefined;
    at = skipSpace(json, at + 1);
  }
}

const decoder = new TextDecoder();

/** The value at a place; undefined: it is none. */
export function valueAt(json: Uint8Array, { start, end }: JsonSpan): unknown {
  try {
    return JSON.parse(decoder.decode(json.subarray(start, end)));
  } catch {
    return undefined;
  }
}

function keyIn(json: Uint8Array, start: number, end: number): string | undefined {
  const name = valueAt(json, { start, end });
  return typeof name === 'string' ? name : undefined;
}

function isOver(json: Uint8Array, at: number): boolean {
  return skipSpace(json, at) === json.length;
}

function skipSpace(json: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = json[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** Past the closing quote; past the end of the text where there is none. */
function endOfString(json: Uint8Array, open: number): number {
  let from = open + 1;
  for (;;) {
    const quote = json.indexOf(QUOTE, from);
    if (quote === -1) return json.length + 1;
    let escapes = 0;
    while (json[quote - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Past the value that begins here; not past `start` where there is none. */
function endOfValue(json: Uint8Array, start: number): number {
  const first = json[start];
  if (first === QUOTE) return endOfString(json, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(json, start);
  let at = start;
  for (;;) {
    const byte = json[at];
    if (byte === undefined || byte === COMMA || byte === CLOSE_BRACE || byte <= 0x20) return at;
    at += 1;
  }
}

function endOfNested(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return start;
}
