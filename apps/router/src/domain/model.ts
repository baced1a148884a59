import { nearNames } from '@aos/contracts';

/** Micro-cents per million tokens. */
export interface Prices {
  /** Read anew, neither from the provider's cache nor into it. */
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
}

/** The protocol a provider speaks. */
export type Dialect = 'anthropic' | 'openai';

/** What a model is for; an embedding model writes no tokens. */
export type ModelKind = 'chat' | 'embedding';

/** A model as the providers' price lists and manuals describe it. */
export interface Model {
  /** What spend is booked on. */
  name: string;
  /** The provider's own name for it where that is another one. */
  upstreamName?: string;
  /** Other names callers use for it. */
  aliases?: readonly string[];
  /** The configured provider that runs it. */
  provider: string;
  /** Default `chat`. */
  kind?: ModelKind;
  contextWindowTokens: number;
  outputTokensMax: number;
  prices: Prices;
  /** Prices of the whole call when its input is longer than this. */
  longPrompt?: { aboveTokens: number; prices: Prices };
  /** UTC day from which the provider may refuse it. */
  endOfLife?: string;
  /** What to use instead. */
  successor?: string;
  /** It can be told which tool to call. */
  isToolForced: boolean;
  /** It takes a temperature; others refuse the request. */
  takesTemperature: boolean;
  /** What to send so that it does not think before it answers; absent: it does not by itself, or always does. */
  thinkingOff?: 'disabled' | 'between_tools';
}

/** What the provider is asked for. */
export function upstreamNameOf({ name, upstreamName = name }: Model): string {
  return upstreamName;
}

export function kindOf({ kind = 'chat' }: Model): ModelKind {
  return kind;
}

/** The model of a name or alias. */
export function findModel(models: readonly Model[], name: string): Model | undefined {
  return models.find((model) => model.name === name || model.aliases?.includes(name) === true);
}

/** What to tell who names a model that is not there. */
export function unknownModelMessage(models: readonly Model[], name: string): string {
  const known = models.flatMap((model) => [model.name, ...(model.aliases ?? [])]);
  const near = nearNames(name, known).slice(0, 3);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${known.join(', ')}`;
  return `there is no model ${name}; ${hint}`;
}

/** Of a model whose days are counted. */
export interface EndOfLifeNotice {
  model: string;
  endOfLife: string;
  successor: string | undefined;
  isOver: boolean;
}

/** Undefined for a model whose end is not announced. */
export function endOfLifeNotice(
  { name, endOfLife, successor }: Model,
  nowMs: number,
): EndOfLifeNotice | undefined {
  if (endOfLife === undefined) return undefined;
  return { model: name, endOfLife, successor, isOver: Date.parse(endOfLife) <= nowMs };
}
