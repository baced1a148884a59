const REDACTED = '[redacted]';

/** How names of fields end whose values nobody may read; in any case, with any prefix (`x-aos-key`, `accessToken`). */
const SECRET_ENDINGS = [
  'authorization',
  'cookie',
  'credentials?',
  'password',
  'passwd',
  'secret',
  'token',
  'api[_-]?key',
  'aos[_-]key',
  'access[_-]?key',
  'private[_-]?key',
  'key[_-]?hash',
];

/** A field of a JSON line, also inside JSON that is itself a string: its text, list or flat object. */
const SECRET_FIELD = new RegExp(
  String.raw`(\\*"[\w-]*(?:${SECRET_ENDINGS.join('|')})\\*":\s*)(?:(\\*")(?:[^"\\]|\\.)*(?=")|\[[^\]]*\]|\{[^{}]*\})`,
  'gi',
);

const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@"]+(@)/gi;
/** Credentials in running text: bearer tokens, and keys of AOS by their form. */
const BARE_SECRET = /\bbearer +[\w.~+/=-]{8,}|\baos_[\w-]{24,}/gi;

/**
 * A line of JSON with its secrets replaced, at any depth. On the finished line, because naming paths costs ten times as
 * much and sees only as deep as it was told to.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(SECRET_FIELD, (_, name: string, quote: string | undefined) =>
      quote === undefined ? `${name}"${REDACTED}"` : `${name}${quote}${REDACTED}`,
    )
    .replace(URL_PASSWORD, `$1${REDACTED}$2`)
    .replace(BARE_SECRET, REDACTED);
}
