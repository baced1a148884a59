import type { UsageReader } from '../../dialects/sniffed.ts';
import type { Dialect, ModelKind } from '../../domain/model.ts';

/** A public endpoint that calls models. */
export interface Endpoint {
  /** The API it belongs to. */
  dialect: Dialect;
  kind: ModelKind;
  /** At providers that speak the same dialect. */
  path: string;
  usageReader: UsageReader;
  /** The fields that may name the most that is written. */
  tokensFields: readonly string[];
}
