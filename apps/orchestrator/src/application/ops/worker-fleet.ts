import type { Worker } from '@aos/contracts';

/** What operators have ordered a process to do. */
export interface WorkerOrders {
  /** Hand back every run and take none. */
  isDraining: boolean;
  /** Tenants whose runs this process works on although they are suspended. */
  suspendedTenants: readonly string[];
}

/** The processes that run runs, as operators see and steer them. */
export interface WorkerFleet {
  list(): Promise<Worker[]>;
  /** Undefined: there is no such process. */
  setDraining(workerId: string, isDraining: boolean): Promise<Worker | undefined>;
  orders(workerId: string): Promise<WorkerOrders>;
}
