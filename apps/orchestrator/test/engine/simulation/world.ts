import { Random } from './random.ts';

/** Who waits for something. What the dead wait for never comes. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
  /** Nothing it waits for comes before. */
  pausedUntilMs: number;
  crash(): void;
}

interface Operation {
  actor: Actor;
  what: string;
  dueMs: number;
  proceed(): void;
  /** Given where the other side may still act after its caller has died. */
  orphaned?: () => void;
}

/** One call over the network. */
export interface RemoteCall<T> {
  actor: Actor;
  what: string;
  /** How long it takes, beside the network's own delays. */
  takesMs?: number;
  apply(): Promise<T>;
  /** What the caller sees when the answer is lost; by default the call rejects. */
  onLost?: () => T;
  /** Default true: a call whose answer is lost may still be carried out later. */
  mayComeLate?: boolean;
}

export interface Weather {
  lossRate: number;
  crashRate: number;
  slowRate: number;
  pauseRate: number;
}

type Fate = 'well' | 'never-arrives' | 'answer-lost' | 'arrives-late' | 'crash';

const START_MS = Date.UTC(2026, 0, 1);
const PICKS_MAX = 400_000;
const TRACE_MAX = 600;
/** Less than what the engine allows for a transaction whose connection was lost. */
const LATE_MS_MAX = 20_000;

class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** Time, network and fate: everything that is waited for comes in the order the seed wants. */
export class World {
  nowMs = START_MS;
  readonly random: Random;
  readonly #weather: Weather;
  readonly #badUntilMs: number;
  readonly #isTraced: boolean;
  #storeDownUntilMs = 0;
  #pending: Operation[] = [];
  readonly #trace: string[] = [];
  readonly #violations: string[] = [];

  constructor(
    random: Random,
    weather: Weather,
    { badForMs, isTraced }: { badForMs: number; isTraced: boolean },
  ) {
    this.random = random;
    this.#weather = weather;
    this.#isTraced = isTraced;
    this.#badUntilMs = START_MS + badForMs;
  }

  /** No fault comes after. */
  get calmFromMs(): number {
    return this.#badUntilMs;
  }

  get isCalm(): boolean {
    return this.nowMs >= this.#badUntilMs;
  }

  get trace(): readonly string[] {
    return this.#trace;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** Operations of callers that have died or given up. */
  get lateOperations(): number {
    return this.#pending.filter(({ actor }) => actor === NOBODY).length;
  }

  tell(line: string): void {
    if (!this.#isTraced) return;
    this.#trace.push(`${String(this.nowMs - START_MS).padStart(7)} ${line}`);
    if (this.#trace.length > TRACE_MAX) this.#trace.shift();
  }

  violate(what: string): void {
    this.tell(`VIOLATED ${what}`);
    this.#violations.push(what);
  }

  loseStore(forMs: number): void {
    this.tell(`the store cannot be reached for ${forMs} ms`);
    this.#storeDownUntilMs = this.nowMs + forMs;
  }

  /** Resolves after `ms` of the world's time, at once when aborted. */
  sleep(actor: Actor, ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const abandon = (): void => {
        this.#pending = this.#pending.filter((operation) => operation !== timer);
        resolve();
      };
      const timer = this.#schedule({
        actor,
        what: 'sleep',
        dueMs: this.nowMs + Math.round(ms),
        proceed: () => {
          signal?.removeEventListener('abort', abandon);
          resolve();
        },
      });
      signal?.addEventListener('abort', abandon, { once: true });
    });
  }

  call<T>(call: RemoteCall<T>): Promise<T> {
    const { actor, what } = call;
    return new Promise((resolve, reject) => {
      this.#schedule({
        actor,
        what,
        dueMs: this.nowMs + this.#delayMs() + (call.takesMs ?? 0),
        proceed: () => this.#decide(call, resolve, reject),
        orphaned: () => void call.apply().catch(() => undefined),
      });
    });
  }

  /** What its caller waited for is dropped; what was on its way may still be carried out. */
  bury(actor: Actor): void {
    for (const operation of this.#pending.filter((pending) => pending.actor === actor)) {
      if (operation.orphaned === undefined || !this.random.isTrue(0.4)) continue;
      this.#comeLate(operation.what, operation.orphaned);
    }
    this.#pending = this.#pending.filter((operation) => operation.actor !== actor);
  }

  /** Lets one thing after another happen until it is over, each when what the last one set off has come to a stop. */
  run(isOver: () => boolean, untilMs: number): Promise<'over' | 'not over'> {
    const { promise, resolve, reject } = Promise.withResolvers<'over' | 'not over'>();
    let picks = 0;
    const step = (): void => {
      try {
        const end = this.#step(isOver, untilMs);
        picks += 1;
        if (end !== undefined) resolve(end);
        else if (picks === PICKS_MAX) resolve('not over');
        else setImmediate(step);
      } catch (error) {
        reject(error);
      }
    };
    setImmediate(step);
    return promise;
  }

  #step(isOver: () => boolean, untilMs: number): 'over' | 'not over' | undefined {
    if (this.#violations.length > 0 || isOver()) return 'over';
    const operation = this.#next();
    if (operation === undefined || this.nowMs > START_MS + untilMs) return 'not over';
    operation.proceed();
    return undefined;
  }

  #next(): Operation | undefined {
    const dueMs = ({ actor, dueMs }: Operation): number => Math.max(dueMs, actor.pausedUntilMs);
    let ready = this.#pending.filter((operation) => dueMs(operation) <= this.nowMs);
    if (ready.length === 0) {
      const next = Math.min(...this.#pending.map(dueMs));
      if (next === Infinity) return undefined;
      this.nowMs = next;
      ready = this.#pending.filter((operation) => dueMs(operation) <= next);
    }
    const operation = this.random.pick(ready);
    this.#pending = this.#pending.filter((pending) => pending !== operation);
    return operation;
  }

  #schedule(operation: Operation): Operation {
    if (!operation.actor.isDead) this.#pending.push(operation);
    return operation;
  }

  #decide<T>(call: RemoteCall<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void {
    const fate = this.#fate(call);
    const { actor, what } = call;
    if (fate !== 'well') this.tell(`${actor.name} ${what} ${fate}`);
    if (fate === 'crash') {
      if (this.random.isTrue(0.5)) void call.apply().catch(() => undefined);
      actor.crash();
      return;
    }
    if (fate === 'well') {
      void this.#carryOut(call, resolve, reject);
      return;
    }
    if (fate === 'answer-lost') void call.apply().catch(() => undefined);
    if (fate === 'arrives-late') this.#comeLate(what, () => void call.apply().catch(() => undefined));
    if (call.onLost === undefined) reject(new ConnectionLostError(what));
    else resolve(call.onLost());
  }

  async #carryOut<T>(
    call: RemoteCall<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Promise<void> {
    const { actor, what } = call;
    try {
      const value = await call.apply();
      if (this.#isTraced && !isRoutine(what, value)) this.tell(`${actor.name} ${what} → ${brief(value)}`);
      this.#answer(actor, () => resolve(value));
    } catch (error) {
      this.#answer(actor, () => reject(error));
    }
  }

  /** Often the answer takes its time, so that others act between a write and its writer knowing of it. */
  #answer(actor: Actor, deliver: () => void): void {
    if (this.random.isTrue(0.5)) deliver();
    else this.#schedule({ actor, what: 'answer', dueMs: this.nowMs + this.#delayMs(), proceed: deliver });
  }

  #comeLate(what: string, act: () => void): void {
    const proceed = (): void => {
      this.tell(`late: ${what}`);
      act();
    };
    this.#schedule({ actor: NOBODY, what, dueMs: this.nowMs + this.random.int(0, LATE_MS_MAX), proceed });
  }

  #fate({ actor, what, mayComeLate = true }: RemoteCall<unknown>): Fate {
    if (this.isCalm) return 'well';
    if (what.startsWith('store.') && this.nowMs < this.#storeDownUntilMs) return 'never-arrives';
    const { lossRate, crashRate, pauseRate } = this.#weather;
    if (this.random.isTrue(crashRate)) return 'crash';
    if (this.random.isTrue(pauseRate)) {
      actor.pausedUntilMs = this.nowMs + this.random.int(1_000, 25_000);
      this.tell(`${actor.name} stands still until ${actor.pausedUntilMs - START_MS}`);
    }
    if (!this.random.isTrue(lossRate)) return 'well';
    return this.random.pick(['never-arrives', 'answer-lost', mayComeLate ? 'arrives-late' : 'answer-lost']);
  }

  #delayMs(): number {
    if (!this.isCalm && this.random.isTrue(this.#weather.slowRate)) return this.random.int(10, 4_000);
    return this.random.int(0, 5);
  }
}

/** Never dies and is never paused: clients, and what is still on its way for those who have gone. */
export function bystander(name: string): Actor {
  return { name, isDead: false, pausedUntilMs: 0, crash: () => undefined };
}

const NOBODY = bystander('nobody');

/** What a sweep does when there is nothing to do would drown everything else. */
function isRoutine(what: string, value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || /renewLease|deleteFlushes|tickets 0/.test(what);
}

function brief(value: unknown): string {
  const text =
    value instanceof Map ? `journals of ${[...value.keys()].join(', ')}` : (JSON.stringify(value) ?? '');
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{6}([0-9a-f]{6})/g, '$1')
    .slice(0, 160);
}
