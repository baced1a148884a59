/** A step that a rule finds in a goal. */
export interface RuleStep {
  step_id: string;
  skill: string;
  params: Record<string, unknown>;
  /** What a later step takes of this one, as a reference of plans; absent: nothing. */
  result?: string;
  description: string;
}

interface GoalFacts {
  goal: string;
  /** What the last step so far gives; undefined: nothing yet. */
  previous: string | undefined;
}

type Rule = (facts: GoalFacts) => RuleStep | undefined;

export const URL_TEXT = String.raw`(https?:\/\/[^\s"'<>)]*[^\s"'<>).,;])`;
const FETCH = new RegExp(String.raw`\b(?:fetch|get|read|download|load)\b.*?${URL_TEXT}`, 'is');
const SEND = new RegExp(String.raw`\b(?:post|send|notify|tell)\b(?:(?!https?:).)*?${URL_TEXT}`, 'is');
const reference = (stepId: string, path: string) => `\${{ steps.${stepId}.output.${path} }}`;

const fetchUrl: Rule = ({ goal }) => {
  const url = FETCH.exec(goal)?.[1];
  if (url === undefined || url === SEND.exec(goal)?.[1]) return undefined;
  return {
    step_id: 'fetch',
    skill: 'http_call',
    params: { url, method: 'GET' },
    result: reference('fetch', 'body'),
    description: `Fetch ${url}`,
  };
};

/** Prices times quantities where there are any, else amounts, else all numbers; to the cent. */
const TOTAL = [
  '[.. | objects | select((.quantity | type) == "number") | .quantity * ((.unit_price // .price) | numbers)] as $lines',
  '[.. | objects | (.amount, .total, .price) | numbers] as $amounts',
  '(if $lines != [] then $lines elif $amounts != [] then $amounts else [.. | numbers] end | add // 0) * 100 | round / 100',
].join(' | ');

const transform: Rule = ({ goal, previous }) => {
  const query = queryFor(goal);
  const input = previous ?? jsonIn(goal);
  if (query === undefined || input === undefined) return undefined;
  return {
    step_id: 'transform',
    skill: 'json_transform',
    params: { input, query },
    result: reference('transform', 'result'),
    description: 'Compute what is asked for from the JSON',
  };
};

function queryFor(goal: string): string | undefined {
  if (/\b(?:total|sum|add up)\b/i.test(goal)) return TOTAL;
  if (/\bcount\b|\bhow many\b/i.test(goal)) return 'first(.. | arrays | length) // 0';
  const field = /\b(?:extract|take out|pick)\s+(?:the\s+)?["'`]?(\w+)/i.exec(goal)?.[1];
  if (field !== undefined) return `[.. | objects | .${field} | values] | first`;
  return /\b(?:transform|reshape|convert)\b/i.test(goal) ? '.' : undefined;
}

/** A list as people write it: `12, 30 and 58`. */
const NUMBERS = /-?\d+(?:\.\d+)?(?:(?:\s*,|\s*\+|\s+and)+\s*-?\d+(?:\.\d+)?)+/i;

function jsonIn(goal: string): unknown {
  const text = /[[{][\s\S]*[\]}]/.exec(goal)?.[0] ?? '';
  try {
    return JSON.parse(text);
  } catch {
    return NUMBERS.exec(goal)?.[0]
      .match(/-?\d+(?:\.\d+)?/g)
      ?.map(Number);
  }
}

const askModel: Rule = ({ goal, previous }) => {
  const isAsked =
    /\b(?:summari[sz]e|answer|classify|explain|translate|draft|describe)\b|\bwrite\b(?!.*\b(?:calendar|meeting|appointment)\b)/i;
  if (!isAsked.test(goal)) return undefined;
  return modelStep(previous === undefined ? '${{ goal }}' : `\${{ goal }}\n\nData: ${previous}`);
};

/** A call of a model; the step of goals that no rule fits, too. */
export function modelStep(prompt: string): RuleStep {
  return {
    step_id: 'answer',
    skill: 'llm_invoke',
    params: { prompt, max_tokens: 500 },
    result: reference('answer', 'text'),
    description: 'Ask a model',
  };
}

const send: Rule = ({ goal, previous }) => {
  const url = SEND.exec(goal)?.[1];
  if (url === undefined) return undefined;
  const about = /\b(?:total|sum)\b/i.test(goal) ? 'Total' : 'Result';
  return {
    step_id: 'notify',
    skill: 'webhook_send',
    params: { url, payload: { text: previous === undefined ? '${{ goal }}' : `${about}: ${previous}` } },
    description: `Send it to ${url}`,
  };
};

/** No clock is asked, so that a goal has one plan: without a date in the goal it is this one. */
const SOME_DAY = '2030-01-01';

const calendar: Rule = ({ goal }) => {
  if (!/\b(?:meeting|calendar|appointment)\b/i.test(goal)) return undefined;
  // Ports of addresses look like times.
  const words = goal.replaceAll(new RegExp(URL_TEXT, 'g'), '');
  const day = /\b\d{4}-\d{2}-\d{2}\b/.exec(words)?.[0] ?? SOME_DAY;
  const time = /\b([01]?\d|2[0-3]):([0-5]\d)/.exec(words)?.[0] ?? '09:00';
  const minutes = /(\d+)[- ]?min/i.exec(words)?.[1];
  const zone = /\b[A-Z][a-z]+\/[A-Z]\w+/.exec(words)?.[0];
  return {
    step_id: 'calendar',
    skill: 'calendar_write',
    params: {
      title: /["“]([^"”]+)["”]/.exec(words)?.[1] ?? 'Meeting',
      start: `${day}T${time.padStart(5, '0')}:00`,
      duration_minutes: Number(minutes ?? 60),
      timezone: zone ?? 'UTC',
    },
    description: 'Write the calendar entry',
  };
};

/** In the order in which their steps run. */
export const RULES: readonly Rule[] = [fetchUrl, transform, askModel, send, calendar];
