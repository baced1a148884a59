import { z } from 'zod';
import { cloudEvent } from './events.ts';

/** Frames of `/v1/stream`. A cursor is opaque; `after: "0"` starts at the topic's first kept event. */
export const clientFrame = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('subscribe'),
    topic: z.string().min(1).max(200),
    after: z.string().max(100).optional(),
  }),
  z.strictObject({ op: z.literal('unsubscribe'), topic: z.string().min(1).max(200) }),
  z.strictObject({ op: z.literal('ping') }),
]);

export const serverFrame = z.discriminatedUnion('op', [
  z.object({ op: z.literal('subscribed'), topic: z.string(), cursor: z.string() }),
  z.object({ op: z.literal('unsubscribed'), topic: z.string() }),
  z.object({ op: z.literal('event'), topic: z.string(), cursor: z.string(), event: cloudEvent }),
  z.object({ op: z.literal('gap'), topic: z.string(), dropped: z.int().nonnegative(), cursor: z.string() }),
  z.object({ op: z.literal('error'), code: z.string(), message: z.string(), topic: z.string().optional() }),
  z.object({ op: z.literal('pong') }),
]);

export type ClientFrame = z.infer<typeof clientFrame>;
export type ServerFrame = z.infer<typeof serverFrame>;
