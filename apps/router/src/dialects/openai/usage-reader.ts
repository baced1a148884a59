import { z } from 'zod';
import { scanObject, valueAt } from '../../domain/json-scan.ts';
import type { Sniffed, UsageReader } from '../sniffed.ts';
import { fromOpenAiUsage, openAiUsage } from './read-usage.ts';

const usageEvent = z.object({ model: z.string().max(200).optional(), usage: openAiUsage });

/** OpenAI tells the usage in the last chunk, whose choices are empty. */
export const openAiUsageReader: UsageReader = {
  ofBody: (body) => {
    const fields = scanObject(body);
    const [model, usage] = ['model', 'usage'].map((name) => {
      const span = fields?.get(name);
      return span && valueAt(body, span);
    });
    return sniffed({ model, usage }, {});
  },
  ofEvent: sniffed,
  isUsageOnly: (event) => {
    if (typeof event !== 'object' || event === null || !('choices' in event)) return false;
    return Array.isArray(event.choices) && event.choices.length === 0;
  },
};

function sniffed(event: unknown, before: Sniffed): Sniffed {
  const { data } = usageEvent.safeParse(event);
  if (data === undefined) return before;
  const { model, usage } = data;
  return { ...before, usage: fromOpenAiUsage(usage), ...(model !== undefined && { responseModel: model }) };
}
