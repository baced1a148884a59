import { inputIssue, type InputIssue, type Problem } from '@aos/contracts';
import { z } from 'zod';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Why a command did not do its work, as data. */
export interface Failure {
  code: string;
  title: string;
  detail: string;
  /** The fields that are wrong, each with the mend. */
  issues: InputIssue[];
  exitCode: ExitCode;
  requestId?: string | undefined;
  /** The API's own words, for `--json`. */
  problem?: Problem;
}

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

const issuesIn = z.object({ issues: z.array(inputIssue) });

/** A refusal of the API. */
export function refused(problem: Problem, requestId: string | undefined): { ok: false; failure: Failure } {
  const details = issuesIn.safeParse(problem.details);
  return {
    ok: false,
    failure: {
      code: problem.code,
      title: problem.title,
      detail: problem.detail,
      issues: details.success ? details.data.issues : [],
      exitCode: exitCodeOf(problem.status),
      requestId: problem.request_id ?? requestId,
      problem,
    },
  };
}

/** The API could not be asked, or what answered is not the API. */
export function unreachable(detail: string, requestId?: string): { ok: false; failure: Failure } {
  const title = 'The API cannot be reached';
  const failure = { code: 'unreachable', title, detail, issues: [], exitCode: EXIT.unreachable, requestId };
  return { ok: false, failure };
}

/** What was typed, or set in the environment, cannot be used. */
export function badUsage(detail: string): { ok: false; failure: Failure } {
  const failure = { code: 'bad_usage', title: 'Bad usage', detail, issues: [], exitCode: EXIT.usage };
  return { ok: false, failure };
}

function exitCodeOf(status: number): ExitCode {
  return status === 401 || status === 403 || status >= 500 ? EXIT.unreachable : EXIT.usage;
}
