/** What the process ends with; scripts rely on it. */
export const EXIT = {
  done: 0,
  /** The run did not succeed, a simulated plan is not feasible, or a gate was not passed. */
  failed: 1,
  /** Bad usage, or the API refused the request (4xx). */
  usage: 2,
  /** The API cannot be reached, is unavailable, or does not let us in (401, 403). */
  unreachable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
