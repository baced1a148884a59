import { SERVICES } from '../command.ts';
import { METRICS } from '../metrics.ts';

/** The metrics as a page for people. */
export function metricsPage(): string {
  const rows = METRICS.map(({ name, type, labels, services, help }) => {
    const shownLabels = labels.map((label) => `\`${label}\``).join(', ');
    const shownServices = services.length === SERVICES.length ? 'all' : services.join(', ');
    return `| \`${name}\` | ${type} | ${shownLabels} | ${shownServices} | ${help} |`;
  });
  return [
    '# Metrics',
    '',
    'Generated from `libs/contracts/src/metrics.ts` by `pnpm documents`. Each service serves its own at `/metrics`, with',
    'those of its process (`process_…`, `nodejs_…`). Labels are bounded: past a limit of tenants or agents the value is',
    '`other`.',
    '',
    '| metric | type | labels | services | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
