import { stripVTControlCharacters } from 'node:util';

/** Text of others, safe for a terminal and on one line. */
export function oneLine(text: string, lengthMax = 120): string {
  const plain = stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
  return plain.length > lengthMax ? `${plain.slice(0, lengthMax - 1)}…` : plain;
}

/** A value as short JSON; text as it is. */
export function brief(value: unknown, lengthMax = 80): string {
  if (value === null || value === undefined) return '';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value), lengthMax);
}

/** At most 6 decimals, as the API counts. */
export function cents(amount: number): string {
  return `${Number(amount.toFixed(6))} ${amount === 1 ? 'cent' : 'cents'}`;
}

/** Cents below a dollar, as exact as the API counts; dollars above, to the cent. */
export function money(amountCents: number): string {
  if (amountCents < 100) return cents(amountCents);
  return (amountCents / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}

export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** From one ISO time to another; empty while either is missing. */
export function elapsed(from: string | null, to: string | null): string {
  return from === null || to === null ? '' : duration(Date.parse(to) - Date.parse(from));
}

/** As exact as the API says it. */
export function byteCount(bytes: number): string {
  return `${bytes.toLocaleString('en-US')} ${bytes === 1 ? 'byte' : 'bytes'}`;
}
