import { CONSUMERS, deadLetterSubject, type ConsumerDefinition } from '@aos/contracts';

/** Where a dead letter may be published again. */
export type ReplayVerdict = { kind: 'replay'; subject: string } | { kind: 'refuse'; message: string };

/** `aos.dead.<stream>.<consumer>` */
export function originOf(deadSubject: string): { stream: string; consumer: string } {
  const [, , stream = '', ...consumer] = deadSubject.split('.');
  return { stream, consumer: consumer.join('.') };
}

/** Only to where its consumer finds it again: what the letter itself says is not to be trusted. */
export function replayVerdict(
  deadSubject: string,
  original: string | null,
  consumers: readonly ConsumerDefinition[] = CONSUMERS,
): ReplayVerdict {
  const consumer = consumers.find((definition) => deadLetterSubject(definition) === deadSubject);
  if (consumer === undefined) return refuse(`no consumer ${originOf(deadSubject).consumer} is known`);
  if (original === null) return refuse('it does not say where it came from');
  if (!fits(original, consumer.filter)) return refuse(`${consumer.name} does not read ${original}`);
  return { kind: 'replay', subject: original };
}

/** Whether a subject fits a filter with `*` and a last `>`. */
function fits(subject: string, filter: string): boolean {
  const tokens = subject.split('.');
  const wanted = filter.split('.');
  if (tokens.some((token) => token === '' || /[\s*>]/.test(token))) return false;
  const isOpen = wanted.at(-1) === '>';
  if (isOpen ? tokens.length < wanted.length : tokens.length !== wanted.length) return false;
  return wanted.every((part, index) => part === '*' || part === '>' || part === tokens[index]);
}

const refuse = (message: string): ReplayVerdict => ({ kind: 'refuse', message });
