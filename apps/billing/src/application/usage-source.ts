import {
  LLM_USAGE,
  RUN_USAGE,
  llmExport,
  runsExportFinished,
  type Command,
  type ConsumerDefinition,
  type exportInput,
  type exportOutput,
} from '@aos/contracts';
import type { z } from 'zod';
import { llmUsage, runUsage, type UsageEntry } from '../domain/usage-entry.ts';
import type { SourceName } from './ports.ts';

/** A kind of event that is metered. */
export interface UsageSource {
  name: SourceName;
  /** Reads it as it happens. */
  consumer: ConsumerDefinition;
  /** Reads it from its owner's records. */
  records: Command<typeof exportInput, typeof exportOutput>;
  /** Reads one event. */
  entry: z.ZodType<UsageEntry>;
}

export const USAGE_SOURCES: readonly UsageSource[] = [
  { name: 'llm', consumer: LLM_USAGE, records: llmExport, entry: llmUsage },
  { name: 'run', consumer: RUN_USAGE, records: runsExportFinished, entry: runUsage },
];
