/** The demo did not go as it should; the message says what went wrong. */
export class DemoFailed extends Error {
  override name = 'DemoFailed';
  readonly exitCode = 1;
}
