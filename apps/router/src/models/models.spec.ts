import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { findModel } from '../domain/model.ts';
import { MODELS } from './models.ts';

const price = z.int().positive();
const prices = z.strictObject({ input: price, cacheRead: price, cacheWrite: price, output: price });
const modelName = z.string().regex(/^(claude|gpt|o\d)-[a-z0-9.-]+$|^o\d$/);

const model = z.strictObject({
  name: modelName,
  aliases: z.array(modelName).min(1).optional(),
  provider: z.enum(['anthropic', 'openai']),
  contextWindowTokens: z.int().positive(),
  outputTokensMax: z.int().positive(),
  prices,
  longPrompt: z.strictObject({ aboveTokens: z.int().positive(), prices }).optional(),
  endOfLife: z.iso.date().optional(),
  successor: modelName.optional(),
  isToolForced: z.boolean(),
  takesTemperature: z.boolean(),
  thinkingOff: z.enum(['disabled', 'between_tools']).optional(),
});

/** The SDK's own lists, as text: its type of models ends in `string`, and the deprecated ones are not exported. */
function sdkText(ending: '.js' | '.d.ts'): string {
  const file = createRequire(import.meta.url).resolve('@anthropic-ai/sdk/resources/messages/messages.js');
  return readFileSync(file.replace('.js', ending), 'utf8');
}

function quotedNames(text: string): string[] {
  return [...text.matchAll(/'(claude-[a-z0-9-]+)'/g)].map(([, name = '']) => name);
}

/** Of the SDK's list, without a published price. */
const UNPRICED = ['claude-fable-5-2', 'claude-mythos-5-2', 'claude-mythos-preview'];

describe('the model table', () => {
  it('is well-formed', () => {
    expect(z.array(model).min(1).safeParse(MODELS).error).toBeUndefined();
  });

  it('has each name and alias once', () => {
    const names = MODELS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('prices what is read from a cache below what is read anew, and output above input', () => {
    const all = MODELS.flatMap((entry) => [
      entry.prices,
      ...(entry.longPrompt ? [entry.longPrompt.prices] : []),
    ]);
    for (const { input, cacheRead, cacheWrite, output } of all) {
      expect(cacheRead).toBeLessThan(input);
      expect(cacheWrite).toBeGreaterThanOrEqual(input);
      expect(output).toBeGreaterThan(input);
    }
  });

  it('names a successor that lives on for every model that ends', () => {
    for (const { endOfLife, successor } of MODELS) {
      expect(successor === undefined).toBe(endOfLife === undefined);
      if (successor !== undefined) expect(findModel(MODELS, successor)).not.toHaveProperty('endOfLife');
    }
  });

  it('has the price of the default model as published: $2 and $10 per million tokens', () => {
    expect(findModel(MODELS, 'claude-sonnet-5')?.prices).toMatchObject({
      input: 200_000_000,
      output: 1_000_000_000,
    });
  });

  it('knows every model of the SDK but those without a price', () => {
    const [, list = ''] = /export type Model =([^;]*);/.exec(sdkText('.d.ts')) ?? [];
    const names = quotedNames(list);
    expect(names).toContain('claude-sonnet-5');
    expect(names.filter((name) => findModel(MODELS, name) === undefined)).toEqual(UNPRICED);
  });

  it('knows the end of every model that the SDK calls deprecated', () => {
    const [, list = ''] = /const DEPRECATED_MODELS = \{([^}]*)\}/.exec(sdkText('.js')) ?? [];
    const ends = [...list.matchAll(/'(claude-[a-z0-9-]+)': '(\w+) (\d+)\w\w, (\d{4})'/g)];
    expect(ends.length).toBeGreaterThan(0);
    for (const [, name = '', month, day, year] of ends) {
      const end = new Date(`${month} ${day}, ${year} UTC`).toISOString().slice(0, 10);
      expect(findModel(MODELS, name)?.endOfLife).toBe(end);
    }
  });
});
