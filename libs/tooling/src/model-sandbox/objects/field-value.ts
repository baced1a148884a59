import { bestChoice, bestSentence, isLikely, leadPoints, leadReasons } from './keyword-rules.ts';
import type { Json, ReadSchema } from './schema-shape.ts';

const OF_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2030-01-01T09:00:00Z',
  date: '2030-01-01',
  time: '09:00:00',
  email: 'simulated@example.com',
  uri: 'https://example.com/simulated',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** The value of one field that is neither object nor list. */
export function fieldValue(wanted: ReadSchema, name: string, prompt: string): Json {
  if (wanted.enum !== undefined) return bestChoice(wanted.enum, prompt);
  switch (wanted.jsonType) {
    case 'number':
    case 'integer':
      return numberOf(wanted, name, prompt);
    case 'boolean':
      return isLikely(name, prompt);
    case 'null':
      return null;
    case undefined:
    default:
      return stringOf(wanted, name, prompt);
  }
}

/** Scores are the points of a lead, scaled to the field's range; other numbers are the least that is allowed. */
function numberOf(wanted: ReadSchema, name: string, prompt: string): number {
  const { minimum = 0, maximum = 100 } = wanted;
  if (!/score|points|rating|confidence/.test(name)) return Math.max(minimum, Math.min(1, maximum));
  const scaled = minimum + (leadPoints(prompt) / 100) * (maximum - minimum);
  return wanted.jsonType === 'integer' ? Math.round(scaled) : scaled;
}

function stringOf(wanted: ReadSchema, name: string, prompt: string): string {
  const { format, minLength = 0, maxLength = Infinity } = wanted;
  const ofFormat = format === undefined ? undefined : OF_FORMAT[format];
  return (ofFormat ?? textFor(name, prompt)).padEnd(minLength, '.').slice(0, maxLength);
}

function textFor(name: string, prompt: string): string {
  if (/answer|reply|text|summary/.test(name)) return bestSentence(prompt);
  if (/reason|explanation|rationale/.test(name)) return `Simulated, by keywords: ${leadReasons(prompt)}`;
  return `simulated ${name}`;
}
