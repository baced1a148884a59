import type { RequestContext } from '@aos/contracts';

/** What an operator did, and to what. */
export interface AuditEntry {
  action: string;
  target: string;
  detail?: string | undefined;
}

/** Keeps who did what; never fails. */
export type Audit = (context: RequestContext, entry: AuditEntry) => void;
