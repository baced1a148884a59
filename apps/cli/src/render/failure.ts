import type { Failure } from '../failure.ts';
import { paint, type Terminal } from '../terminal.ts';
import { oneLine } from './text.ts';

/** Title, detail, each wrong field with its mend, request id. */
export function failureText(terminal: Terminal, failure: Failure): string {
  const { title, detail, issues, requestId } = failure;
  const fields = issues.map(({ field, message }) => `  ${oneLine(field || '/')}: ${oneLine(message, 500)}`);
  return [
    `${paint(terminal, 'red', 'error')} ${oneLine(title)}`,
    // Without fields the detail says what is wrong; with them it only repeats them.
    ...(fields.length > 0 ? fields : [`  ${oneLine(detail, 500)}`]),
    ...(requestId === undefined ? [] : [paint(terminal, 'dim', `  request id ${oneLine(requestId)}`)]),
  ].join('\n');
}

/** The same for `--json`: the API's problem where there is one. */
export function failureJson({ code, title, detail, issues, requestId, problem }: Failure): unknown {
  const own = {
    code,
    title,
    detail,
    details: { issues },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
  return { error: problem ?? own };
}
