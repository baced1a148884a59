import { METRICS, SERVICES, type MetricDefinition, type ServiceName } from '@aos/contracts';
import { startTestStack, waitUntil, type TestStack } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.ts';
import { transform } from './steps.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  const api = new Api(stack.gatewayUrl, stack.apiKey);
  const { agent_id: agentId } = await api.createAgent();
  await api.ended(await api.start(agentId, [transform('1')]));
});
afterAll(() => stack.stop());

const OF_THE_PROCESS = /^(process|nodejs)_/;
/** What a histogram adds to its labels. */
const BUCKET = 'le';

/** What a service serves, in the form of the table, its labels as far as there are samples. */
async function served(name: ServiceName): Promise<Omit<MetricDefinition, 'services'>[]> {
  const text = await (await fetch(`${stack.services[name].url}/metrics`)).text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return types
    .filter(([, metric = '']) => !OF_THE_PROCESS.test(metric))
    .map(([, metric = '', type]) => ({
      name: metric,
      type: type === 'counter' || type === 'histogram' ? type : 'gauge',
      help: new RegExp(`^# HELP ${metric} (.*)$`, 'm').exec(text)?.[1] ?? '',
      labels: labelsOf(metric, text),
    }));
}

function labelsOf(metric: string, text: string): string[] {
  const samples = text.matchAll(new RegExp(`^${metric}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'));
  const labels = [...samples].flatMap(([, pairs = '']) =>
    [...pairs.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
  );
  return [...new Set(labels)].filter((label) => label !== BUCKET);
}

const tableOf = (name: ServiceName) => METRICS.filter(({ services }) => services.includes(name));

const facts = ({ name, type, help }: Omit<MetricDefinition, 'labels' | 'services'>) => ({ name, type, help });

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

describe.each(SERVICES)('%s serves', (name) => {
  it('the metrics that the table says, and no others', async () => {
    const metrics = await waitUntil(
      async () => {
        const found = await served(name);
        const http = found.find((metric) => metric.name === 'http_request_duration_seconds');
        return http !== undefined && http.labels.length > 0 ? found : undefined;
      },
      { what: 'a counted request' },
    );
    const known = tableOf(name);
    expect(metrics.map(facts).toSorted(byName)).toEqual(known.map(facts).toSorted(byName));
    for (const metric of metrics) {
      const labels = known.find((candidate) => candidate.name === metric.name)?.labels ?? [];
      expect(metric.labels.filter((label) => !labels.includes(label))).toEqual([]);
    }
  });
});

describe('a finished run', () => {
  it('is measured by status, its steps by skill and outcome', async () => {
    const metrics = await served('orchestrator');
    const labels = Object.fromEntries(metrics.map((metric) => [metric.name, metric.labels]));
    expect(labels['aos_run_duration_seconds']).toEqual(['status']);
    expect(labels['aos_step_duration_seconds']).toEqual(expect.arrayContaining(['skill', 'outcome']));
  });
});
