import { isObject } from './json.ts';

export type Found =
  | { isFound: true; value: unknown }
  /** `lack`: how far the way goes and what is there instead, for a person. */
  | { isFound: false; lack: string };

const INDEX = /^(0|[1-9]\d{0,8})$/;
const KEYS_SHOWN = 10;

/** The value a JSON pointer (RFC 6901) names. Own fields only; `-`, the place after a list's last item, holds nothing. */
export function valueAt(document: unknown, pointer: string): Found {
  const tokens = pointer.split('/').slice(1);
  let value = document;
  for (const [depth, token] of tokens.entries()) {
    const next = memberOf(value, token.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (!next.isFound) {
      const reached = tokens.slice(0, depth).map((part) => `/${part}`);
      return { isFound: false, lack: `${reached.join('') || 'the run'} ${descriptionOf(value)}` };
    }
    value = next.value;
  }
  return { isFound: true, value };
}

function memberOf(value: unknown, key: string): { isFound: boolean; value?: unknown } {
  if (Array.isArray(value)) {
    const index = INDEX.test(key) ? Number(key) : value.length;
    return { isFound: index < value.length, value: value[index] };
  }
  return isObject(value) && Object.hasOwn(value, key)
    ? { isFound: true, value: value[key] }
    : { isFound: false };
}

function descriptionOf(value: unknown): string {
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (!isObject(value)) return value === null ? 'is null' : `is a ${typeof value}`;
  const keys = Object.keys(value);
  const more = keys.length > KEYS_SHOWN ? ', …' : '';
  return keys.length === 0 ? 'is empty' : `has ${keys.slice(0, KEYS_SHOWN).join(', ')}${more}`;
}
