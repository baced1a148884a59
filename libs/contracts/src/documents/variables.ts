import { z } from 'zod';
import type { ServiceName } from '../command.ts';
import { apiGatewayConfig } from '../config/api-gateway.ts';
import { billingConfig } from '../config/billing.ts';
import { evalConfig } from '../config/eval.ts';
import { orchestratorConfig } from '../config/orchestrator.ts';
import { realtimeConfig } from '../config/realtime.ts';
import { routerConfig } from '../config/router.ts';

const CONFIGS: Record<ServiceName, z.ZodObject> = {
  'api-gateway': apiGatewayConfig,
  orchestrator: orchestratorConfig,
  router: routerConfig,
  realtime: realtimeConfig,
  eval: evalConfig,
  billing: billingConfig,
};

/** An environment variable as one or more services read it. */
interface Variable {
  name: string;
  description: string;
  /** What it may be, in words: `one of dev, prod`, `a whole number`. */
  kind: string;
  /** By service; null: it must be set, '' : it may be left out. */
  defaults: { service: ServiceName; value: string | null }[];
}

interface Property {
  default?: string | number | boolean;
  description?: string;
  enum?: string[];
  type?: string;
  format?: string;
  items?: { type?: string };
}

/** Every variable of every service, in the order in which the services declare them. */
export function variables(): Variable[] {
  const found = new Map<string, Variable>();
  for (const [service, config] of Object.entries(CONFIGS) as [ServiceName, z.ZodObject][]) {
    for (const [name, property] of propertiesOf(config)) {
      const variable = found.get(name) ?? {
        name,
        description: property.description ?? '',
        kind: kindOf(property),
        defaults: [],
      };
      const isRequired = !config.shape[name]?.safeParse(undefined).success;
      variable.defaults.push({ service, value: isRequired ? null : String(property.default ?? '') });
      found.set(name, variable);
    }
  }
  return [...found.values()];
}

/** `.env.example`: what must be set is open, the rest stands there with its default, commented out. */
export function envExample(): string {
  const blocks = variables().map(({ name, description, kind, defaults }) => {
    const services = defaults.map(({ service }) => service).join(', ');
    const value = defaults[0]?.value ?? null;
    const comment = [`# ${services}: ${kind}`, ...(description === '' ? [] : [`# ${description}`])];
    return [...comment, value === null ? `${name}=` : `# ${name}=${value}`].join('\n');
  });
  return `# Generated from libs/contracts/src/config by \`pnpm documents\`. PORT differs by service.\n\n${blocks.join('\n\n')}\n`;
}

/** The same as a page for people. */
export function configurationPage(): string {
  const rows = variables().map(({ name, description, kind, defaults }) => {
    const values = new Set(defaults.map(({ value }) => value));
    const byService = defaults.map(({ service, value }) => `${service} ${shown(value)}`).join(', ');
    const services = values.size > 1 ? '' : defaults.map(({ service }) => service).join(', ');
    const value = values.size > 1 ? byService : shown(defaults[0]?.value ?? null);
    return `| \`${name}\` | ${value} | ${kind} | ${services} | ${description} |`;
  });
  return [
    '# Configuration',
    '',
    'Generated from `libs/contracts/src/config` by `pnpm documents`. Each service reads its own variables at its start,',
    'tells everything that is wrong with them at once, and does not start then.',
    '',
    '| variable | default | is | services | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function shown(value: string | null): string {
  if (value === null) return '**required**';
  return value === '' ? '' : `\`${value}\``;
}

function propertiesOf(config: z.ZodObject): [string, Property][] {
  const { properties = {} } = z.toJSONSchema(config, { io: 'output', unrepresentable: 'any' });
  return Object.entries(properties) as [string, Property][];
}

/** A list is the one kind that JSON Schema cannot say: its schema splits the text. */
function kindOf({ enum: values, type, format, items }: Property): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  if (format === 'uri') return 'a URL';
  if (type === 'integer') return 'a whole number';
  if (type === 'boolean') return 'true or false';
  if (type === 'number') return 'a number';
  if (type === 'string') return 'text';
  return items?.type === 'object' ? 'a list, as JSON' : 'a list, separated by commas';
}
