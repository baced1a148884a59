/** Something the person at the terminal can put right; shown without a stack trace. */
export class StackError extends Error {
  override name = 'StackError';
  readonly exitCode = 1;
}
