/** What a run rests for, and what is to be done about it, in the words of whoever looks after it. */
interface WaitingText {
  /** Whether nobody but a person gets it going. */
  isForPerson: boolean;
  text: string;
}

const person = (text: string): WaitingText => ({ isForPerson: true, text });
const itself = (text: string): WaitingText => ({ isForPerson: false, text });

/** Every reason for which a run may rest. */
export const WAITING_TEXTS: ReadonlyMap<string, WaitingText> = new Map([
  ['start_at', itself('it may not begin before its start_at')],
  ['retry', itself('a step that failed is tried again at its time')],
  ['compensation_retry', itself('undoing a step failed and is tried again at its time')],
  ['planning_retry', itself('planning failed and is tried again at its time')],
  ['paused', itself('somebody paused it: aos resume-run lets it go on')],
  ['child_run', itself('a run it began has not ended')],
  ['children', itself('its own runs end first')],
  ['message', itself('a message it waits for has not come')],
  [
    'unknown_outcome',
    person(
      'whether the effect of a step happened is not known: aos resume-run --outcome retry, skip or fail',
    ),
  ],
  [
    'compensation_failed',
    person('a step could not be undone: see to it, then aos resume-run --outcome retry or skip'),
  ],
  [
    'worker_crash_loop',
    person('worker after worker died on it: aos resume-run or aos ops requeue tries again'),
  ],
  ['approval', person('somebody has to approve of it')],
]);
