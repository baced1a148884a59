import type { Json } from './schema-shape.ts';

/** What speaks for a lead, and how much; below zero: against it. */
const LEAD_SIGNS: readonly [RegExp, number][] = [
  [/\bbudget\b(?! (?:is )?(?:none|zero))/i, 25],
  [/\b(?:ceo|cto|cfo|vp|director|head of|founder|decision)\b/i, 20],
  [/\b(?:this (?:week|month|quarter)|next (?:week|month)|urgent|asap|soon|ready to)\b/i, 20],
  [/\b(?:buy|purchase|pricing|quote|contract|demo|subscribe|licen[cs]es?)\b/i, 20],
  [/\b(?:enterprise|\d{3,} (?:users|employees|seats|people))\b/i, 15],
  [/\b(?:student|homework|just browsing|just looking|unsubscribe|no budget|free only|spam)\b/i, -60],
];

/** Words that mean a choice although they do not name it. */
const MEANT: Readonly<Record<string, RegExp>> = {
  billing: /\b(?:invoice|refund|charged?|payment|price|card)\b/i,
  refund: /\b(?:money back|return)\b/i,
  shipping: /\b(?:deliver|delivery|ship|parcel|track)\b/i,
  technical: /\b(?:error|bug|crash|broken|not work|fails?)\b/i,
  account: /\b(?:password|login|log in|sign in|e-?mail address)\b/i,
};

const WORD = /[\p{L}\d]{3,}/gu;

const wordsOf = (text: string) => new Set(text.toLowerCase().match(WORD) ?? []);
const countCommon = (text: string, words: ReadonlySet<string>) =>
  [...wordsOf(text)].filter((word) => words.has(word)).length;

/** 0 to 100: how much speaks for a lead. */
export function leadPoints(prompt: string): number {
  const points = signsIn(prompt).reduce((sum, [, weight]) => sum + weight, 20);
  return Math.min(100, Math.max(0, points));
}

/** The words that decided the points. */
export function leadReasons(prompt: string): string {
  const found = signsIn(prompt).flatMap(([sign]) => sign.exec(prompt)?.[0] ?? []);
  return found.join(', ') || 'none found';
}

function signsIn(prompt: string) {
  return LEAD_SIGNS.filter(([sign]) => sign.test(prompt));
}

/** For a lead: whether more speaks for it than against; any other yes or no is yes. */
export function isLikely(name: string, prompt: string): boolean {
  return /qualified|lead|hot|interested/.test(name) ? leadPoints(prompt) >= 50 : true;
}

const BY_POINTS: readonly [RegExp, number][] = [
  [/^(?:hot|high|qualified)$/i, 60],
  [/^(?:warm|medium|nurture)$/i, 30],
  [/^(?:cold|low|unqualified|disqualified)$/i, 0],
];

/** The choice that the question (else the prompt) speaks of most; grades of a lead go by its points; else the first. */
export function bestChoice(choices: readonly Json[], prompt: string): Json {
  const points = leadPoints(prompt);
  for (const [grade, least] of BY_POINTS) {
    const graded = choices.find((choice) => typeof choice === 'string' && grade.test(choice));
    if (graded !== undefined && points >= least) return graded;
  }
  const asked = sentencesOf(prompt).findLast(isQuestion) ?? prompt;
  const scored = choices.map((choice) => ({ choice, score: scoreOf(choice, asked) }));
  const best = scored.reduce((top, one) => (one.score > top.score ? one : top), {
    choice: choices[0],
    score: 0,
  });
  return best.choice ?? null;
}

function scoreOf(choice: Json, asked: string): number {
  const name = (typeof choice === 'string' ? choice : JSON.stringify(choice)).toLowerCase();
  const named = countCommon(name.replaceAll('_', ' '), wordsOf(asked));
  return named * 2 + (MEANT[name]?.test(asked) === true ? 1 : 0);
}

/** The sentence of the prompt that shares most words with the question in it, without the question itself. */
export function bestSentence(prompt: string): string {
  const question = questionIn(prompt);
  const words = wordsOf(question);
  const sentences = sentencesOf(prompt).filter((sentence) => sentence !== question);
  const scored = sentences.map((sentence) => ({ sentence, score: countCommon(sentence, words) }));
  const best = scored.reduce((top, one) => (one.score > top.score ? one : top), { sentence: '', score: 0 });
  return best.sentence || `Simulated answer to: ${question}`;
}

/** The last sentence with a question mark, else the last line. */
function questionIn(prompt: string): string {
  const sentences = sentencesOf(prompt);
  return sentences.findLast(isQuestion) ?? sentences.at(-1) ?? '';
}

const isQuestion = (sentence: string) => sentence.endsWith('?');

function sentencesOf(prompt: string): string[] {
  return prompt
    .split(/(?<=[.?!])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
