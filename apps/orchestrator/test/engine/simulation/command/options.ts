import { parseArgs } from 'node:util';

export const HELP = `Takes the engine through a history of faults for each seed and checks what must always hold.

  pnpm --filter @aos/orchestrator simulate --seed 4711       one history; what happened is told when it fails
  pnpm --filter @aos/orchestrator simulate --seeds 100000 --jobs 4

  --seed N       the first seed (1)
  --seeds N      how many (1)
  --jobs N       processes at work at once (1)
  --failures N   ends after so many seeds that failed (10)
  --resume FILE  keeps in FILE which seeds are done and leaves out those it names;
                 they were done on the code of then: take another file for another commit

Exit code: 0 nothing was violated, 1 something was or it was stopped, 2 bad usage.
`;

export interface SimulateOptions {
  first: number;
  seeds: number;
  jobs: number;
  failuresMax: number;
  resume: string | undefined;
}

/** `help`: it was asked for. A text: what is wrong with the arguments. */
export function readOptions(args: string[]): SimulateOptions | 'help' | { wrong: string } {
  const parsed = parsedOrWrong(args);
  if ('wrong' in parsed) return parsed;
  const { help, seed, seeds, jobs, failures, resume } = parsed;
  if (help) return 'help';
  const numbers = { seed, seeds, jobs, failures };
  for (const [name, value] of Object.entries(numbers)) {
    if (!/^[1-9]\d{0,9}$/.test(value))
      return { wrong: `--${name} is a whole number from 1 on, not ${value}` };
  }
  return {
    first: Number(seed),
    seeds: Number(seeds),
    jobs: Number(jobs),
    failuresMax: Number(failures),
    resume,
  };
}

function parsedOrWrong(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: 'string', default: '1' },
        seeds: { type: 'string', default: '1' },
        jobs: { type: 'string', default: '1' },
        failures: { type: 'string', default: '10' },
        resume: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
