import type { Say, Server } from '@aos/tooling';
import type { Target } from './protocol.ts';

/** Something that runs durable runs, up and ready to be driven. */
export interface System {
  target: Target;
  /** Pids by name; their CPU and that of their children is the system's. */
  processes(): Record<string, number>;
  /** The process that runs the steps. */
  worker: Pick<Server, 'kill' | 'restart'>;
  /** A second worker, which takes over where the first one ends. */
  startReplica?: () => Promise<Pick<Server, 'stop'>>;
  close(): Promise<void>;
}

/** What systems are started on. */
export interface Site {
  /** For logs and process files. */
  logs: string;
  /** For data: on the disk of the checkout. */
  data: string;
  /** The Postgres of the stack, its settings the same for all: a superuser's URL. */
  postgres: { adminUrl: string; pid: number };
  say: Say;
}
