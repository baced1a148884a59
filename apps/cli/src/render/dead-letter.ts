import type { DeadLetterSummary, DeadLetterWhole } from '@aos/contracts';
import type { Terminal } from '../terminal.ts';
import { facts, table } from './table.ts';
import { byteCount, oneLine } from './text.ts';

export function deadLettersText(terminal: Terminal, letters: readonly DeadLetterSummary[]): string {
  const rows = letters.map((letter) => [
    String(letter.sequence),
    oneLine(letter.consumer, 40),
    letter.time,
    String(letter.deliveries ?? '-'),
    oneLine(letter.reason ?? '-', 60),
    oneLine(letter.preview, 40),
  ]);
  return table(terminal, ['NUMBER', 'CONSUMER', 'TIME', 'TRIES', 'REASON', 'PAYLOAD'], rows);
}

/** All that is known of it, then its payload: as text, else in base64. */
export function deadLetterText(terminal: Terminal, letter: DeadLetterWhole): string {
  const head = facts(terminal, [
    ['number', String(letter.sequence)],
    ['consumer', `${letter.stream} ${oneLine(letter.consumer)}`],
    ['subject', oneLine(letter.subject ?? 'not said', 300)],
    ['reason', oneLine(letter.reason ?? 'not said', 500)],
    ['deliveries', String(letter.deliveries ?? 'not said')],
    ['time', letter.time],
    ['trace', oneLine(letter.traceparent ?? '')],
    ['payload', byteCount(letter.payload_bytes)],
  ]);
  return `${head}\n\n${payloadOf(letter)}`;
}

function payloadOf({ payload, payload_base64: base64 }: DeadLetterWhole): string {
  if (payload !== null) return oneLine(payload, payload.length + 1);
  return base64 === null ? 'too large to be shown' : `base64 ${base64}`;
}
