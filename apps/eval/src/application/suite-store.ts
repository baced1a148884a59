import type { Suite, SuiteInput } from '@aos/contracts';

/** The suites of one tenant, without the shipped one. */
export interface SuiteStore {
  /** The version grows where something changed. */
  put(tenantId: string, suite: SuiteInput): Promise<Suite>;
  find(tenantId: string, name: string): Promise<Suite | undefined>;
  /** By name; `after`: only those that come after that name. */
  list(tenantId: string, page: { after: string | undefined; limit: number }): Promise<Suite[]>;
}
