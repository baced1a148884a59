import { z } from 'zod';
import { scanObject, valueAt } from '../../domain/json-scan.ts';
import type { Sniffed, UsageReader } from '../sniffed.ts';
import { anthropicUsage, fromAnthropicUsage } from './read-usage.ts';

const message = z.object({
  model: z.string().max(200).optional(),
  stop_reason: z.string().nullish(),
  usage: anthropicUsage,
});

const usageEvent = z.union([
  z.object({ type: z.literal('message_start'), message }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullish() }).optional(),
    usage: anthropicUsage,
  }),
]);

/** Anthropic tells the input at the beginning of a stream and the output at its end. */
export const anthropicUsageReader: UsageReader = {
  ofBody: (body) => {
    const fields = scanObject(body);
    const values = ['model', 'stop_reason', 'usage'].map((name) => {
      const span = fields?.get(name);
      return [name, span && valueAt(body, span)] as const;
    });
    return sniffed(message.safeParse(Object.fromEntries(values)).data, {});
  },
  ofEvent: (event, before) => {
    const { data } = usageEvent.safeParse(event);
    if (data === undefined) return before;
    if (data.type === 'message_start') return sniffed(data.message, before);
    return sniffed({ stop_reason: data.delta?.stop_reason, usage: data.usage }, before);
  },
  isUsageOnly: () => false,
};

function sniffed(found: z.infer<typeof message> | undefined, before: Sniffed): Sniffed {
  if (found === undefined) return before;
  const { model, stop_reason: finishReason, usage } = found;
  return {
    ...before,
    usage: fromAnthropicUsage(usage, before.usage),
    ...(model !== undefined && { responseModel: model }),
    ...(typeof finishReason === 'string' && { finishReason }),
  };
}
