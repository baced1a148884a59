import type { ExportOutput, Meter, StructuredOutcome, UsageGroup } from '@aos/contracts';
import type { UsageEntry } from '../domain/usage-entry.ts';
import type { UsagePeriod } from '../domain/usage-period.ts';

/** Where usage events come from, each with records its owner keeps. */
export type SourceName = 'llm' | 'run';

/** Writes usage, over all tenants. */
export interface UsageLedger {
  /**
   * Counts, in one transaction, what was not counted before, and answers the identities of those. No two entries may
   * have the same.
   */
  count(entries: readonly UsageEntry[]): Promise<StructuredOutcome<ReadonlySet<string>>>;
}

/** How far the records of each source were compared with what was counted. */
export interface Watermarks {
  /** Undefined: never. */
  read(source: SourceName): Promise<StructuredOutcome<string | undefined>>;
  /** Never moves back. */
  advance(source: SourceName, until: string): Promise<StructuredOutcome<unknown>>;
  /** Runs `work` unless another process is at this source: then `conflict`. */
  exclusively<T>(
    source: SourceName,
    work: () => Promise<StructuredOutcome<T>>,
  ): Promise<StructuredOutcome<T>>;
}

/** Reads the records of an owner, oldest first. */
export type ReadRecords = (
  from: string,
  cursor: string | null,
  signal: AbortSignal,
) => Promise<StructuredOutcome<ExportOutput>>;

export interface UsageQuery extends UsagePeriod {
  groups: readonly UsageGroup[];
  meter: Meter | undefined;
  agentId: string | undefined;
  model: string | undefined;
  limit: number;
  /** Only what comes after the line with these values of the groups. */
  after: UsagePlace | undefined;
}

/** Where a page ends: the values of its last line, in the order of the groups. */
export type UsagePlace = readonly string[];

/** A line of usage; a group that was not asked for is null, no agent and no model are ''. */
export interface UsageSum {
  meter: Meter;
  agent: string | null;
  model: string | null;
  day: string | null;
  quantity: number;
  costMicrocents: number;
}

/** Reads the usage of one tenant. */
export interface UsageReader {
  /** Sums in the order of the groups, and the cost of all of them. */
  read(tenantId: string, query: UsageQuery): Promise<{ sums: UsageSum[]; totalMicrocents: number }>;
}

/**
 * What became of an event: `counted` by way of the stream, `repeated` there, found `late` in its owner's records, or
 * `refused` because it cannot be what it says.
 */
type UsageOutcome = 'counted' | 'repeated' | 'late' | 'refused';

/** Told what happens, for metrics. */
export interface UsageObserver {
  event(source: SourceName, outcome: UsageOutcome): void;
  /** All records of a source were compared. */
  reconciled(source: SourceName): void;
}
