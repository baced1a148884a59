import { ARTIFACT_BYTES_MAX } from './artifact.ts';
import { EVENT_PAYLOAD_BYTES_MAX } from './context.ts';

/**
 * What a goal and its plan may be at most, and what its steps may give: refused when it is handed in, with the number, and told
 * to who asks what can be done here.
 */
export const GOAL_LIMITS = {
  goal_chars_max: 8_000,
  /** As JSON, together with the labels: they go into the run's first event. */
  context_bytes_max: 16 * 1024,
  labels_max: 32,
  label_name_chars_max: 63,
  label_value_chars_max: 255,
  plan_steps_max: 200,
  /** Of all steps of a plan as JSON, nearly: they go into one event. */
  plan_bytes_max: EVENT_PAYLOAD_BYTES_MAX,
  max_parallel_max: 32,
  step_timeout_ms_max: 600_000,
  step_attempts_max: 20,
  retry_interval_ms_max: 3_600_000,
  idempotency_key_chars_max: 200,
  /** A larger output of a step is kept as an artifact. */
  inline_output_bytes_max: EVENT_PAYLOAD_BYTES_MAX,
  /** Of a file, or of one output. */
  artifact_bytes_max: ARTIFACT_BYTES_MAX,
} as const;

/** Of the value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}
