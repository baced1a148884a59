import type { DeadLetterSummary, DeadLetterWhole } from '@aos/contracts';
import { originOf } from '../../domain/ops/dead-letter.ts';
import type { DeadLetter } from './dead-letters.ts';

const PREVIEW_BYTES = 200;
const TEXT_BYTES_MAX = 128 * 1024;
/** In base64 it fits in a reply. */
const BASE64_BYTES_MAX = 600 * 1024;

export function summaryOf(letter: DeadLetter): DeadLetterSummary {
  const { sequence, deadSubject, subject, reason, deliveries, storedAt, payload } = letter;
  return {
    sequence,
    ...originOf(deadSubject),
    subject,
    reason,
    deliveries,
    time: storedAt,
    payload_bytes: payload.length,
    preview: new TextDecoder().decode(payload.subarray(0, PREVIEW_BYTES)),
  };
}

/** The payload as text where it is some, and as it is. */
export function wholeOf(letter: DeadLetter): DeadLetterWhole {
  const { payload, traceparent } = letter;
  return {
    ...summaryOf(letter),
    traceparent,
    payload: payload.length > TEXT_BYTES_MAX ? null : textOf(payload),
    payload_base64: payload.length > BASE64_BYTES_MAX ? null : Buffer.from(payload).toString('base64'),
  };
}

function textOf(payload: Uint8Array): string | null {
  const text = new TextDecoder().decode(payload);
  return Buffer.from(payload).equals(Buffer.from(text)) ? text : null;
}
