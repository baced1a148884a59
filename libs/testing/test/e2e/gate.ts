import type { HttpReceiver, ReceivedRequest } from '@aos/testing';

/** Holds answers back until it is opened: how a test keeps calls under way. */
export class Gate {
  #isOpen = false;
  readonly #waiting = new Set<() => void>();

  /** Resolves at once when the gate is open. */
  pass(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** The receiver answers nothing until the gate is opened. */
export function holdAnswers(receiver: HttpReceiver): Gate {
  const gate = new Gate();
  receiver.respondWith(async () => {
    await gate.pass();
    return {};
  });
  return gate;
}

/** The webhook-ids under which each path was called. */
export function idsByPath(requests: readonly ReceivedRequest[]): Map<string, Set<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { path, headers } of requests) {
    const known = ids.get(path) ?? new Set();
    ids.set(path, known.add(String(headers['webhook-id'])));
  }
  return ids;
}
