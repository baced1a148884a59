/** Ends a command: a known failure is one plain message and its exit code, a bug shows its stack. */
export async function runCommand(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
    if (typeof code === 'number' && error instanceof Error) {
      console.error(error.message);
      process.exitCode = code;
      return;
    }
    console.error(error);
    process.exitCode = 1;
  }
}

/** Progress goes to standard error, so that --json on standard output stays clean. */
export function say(line: string): void {
  console.error(line);
}
