import { z } from 'zod';

/** Environment variables are text: these read the text, say the default and describe the variable. */
export const envInt = (defaultValue: number, bounds: { min?: number; max?: number } = {}) =>
  z.coerce
    .number()
    .int()
    .min(bounds.min ?? 0)
    .max(bounds.max ?? Number.MAX_SAFE_INTEGER)
    .default(defaultValue);

export const envBool = (defaultValue: boolean) => z.stringbool().default(defaultValue);

/** A comma-separated list; empty items are dropped. */
export const envList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

export const envUrl = (protocols: RegExp) => z.url({ protocol: protocols });
