import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkBoundaries } from '@aos/tooling';

let root: string;

function write(path: string, content = 'export const x = 1;\n'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'boundaries-')));
  write('libs/contracts/src/index.ts');
  write('libs/database/src/gateway.ts');
  write('libs/testing/src/index.ts');
  write('apps/api-gateway/src/outbound/store.ts');
  write('apps/orchestrator/src/domain/run.ts');
  write('node_modules/@nats-io/nats-core/index.js');
  write('node_modules/pg/index.js');
  write('node_modules/@nestjs/common/index.js');
});
afterEach(() => rmSync(root, { recursive: true }));

const TRESPASSES: [rule: string, file: string, target: string][] = [
  ['apps-are-strangers', 'apps/realtime/src/a.ts', '../../orchestrator/src/domain/run.ts'],
  ['libs-know-no-app', 'libs/telemetry/src/a.ts', '../../../apps/orchestrator/src/domain/run.ts'],
  ['contracts-import-only-zod', 'libs/contracts/src/a.ts', 'node:crypto'],
  ['domain-is-pure', 'apps/orchestrator/src/domain/a.ts', 'node:fs'],
  ['application-knows-no-transport', 'apps/api-gateway/src/application/a.ts', '../outbound/store.ts'],
  ['application-knows-no-transport', 'apps/api-gateway/src/application/a.ts', '@nestjs/common'],
  ['only-messaging-speaks-nats', 'apps/realtime/src/a.ts', '@nats-io/nats-core'],
  ['only-database-speaks-postgres', 'apps/orchestrator/src/outbound/a.ts', 'pg'],
  [
    'gateway-tables-are-the-gateways',
    'apps/orchestrator/src/outbound/a.ts',
    '../../../../libs/database/src/gateway.ts',
  ],
  ['testing-is-for-tests', 'apps/realtime/src/a.ts', '../../../libs/testing/src/index.ts'],
  ['no-cycles', 'apps/realtime/src/a.ts', './a.ts'],
];

describe('boundaries', () => {
  it.each(TRESPASSES)('%s: %s may not import %s', async (rule, file, target) => {
    write(file, `import { x } from '${target}';\nexport const y = x;\n`);
    const { violations } = await checkBoundaries(root);
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule)).toContain(rule);
  });

  it('lets pass what is allowed, and counts what it saw', async () => {
    write(
      'apps/orchestrator/src/domain/a.ts',
      "export { x } from '../../../../libs/contracts/src/index.ts';\n",
    );
    write('apps/realtime/test/a.test.ts', "import '../../../libs/testing/src/index.ts';\n");
    const { modules, violations } = await checkBoundaries(root);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThanOrEqual(7);
  });
});
