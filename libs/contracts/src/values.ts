import { z } from 'zod';

/** A tenant id: a DNS label, so that it can stand in NATS subjects and variable names. */
export const tenantId = z.string().regex(/^[a-z0-9-]{1,63}$/, 'must match [a-z0-9-]{1,63}');

/** Ids are UUIDv7 (RFC 9562): time-ordered, made in the app. */
export const id = z.uuid();

export const timestamp = z.iso.datetime();

/** Money in cents, at most 6 decimals and at most 10 million dollars, so that micro-cents stay exact in a double. */
export const cents = z
  .number()
  .nonnegative()
  .max(1_000_000_000)
  .refine((value) => Math.abs(value * 1e6 - Math.round(value * 1e6)) < 1e-3, 'at most 6 decimals');

export const microcents = z.int().nonnegative();

export const idempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII only');

export const skillName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must match [a-z][a-z0-9_]{0,63}');

/** `step_id` stands in references (`${{ steps.<id>.output }}`), so it is an identifier. */
export const stepId = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must match [A-Za-z_][A-Za-z0-9_-]{0,63}');

/** A list is read by pages: `limit` rows from an opaque `cursor` on. */
export const page = { limit: z.int().min(1).max(200).default(50), cursor: z.string().max(500).optional() };

export const nextCursor = z.string().nullable();
