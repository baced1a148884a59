import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { configurationPage, envExample, variables } from './variables.ts';

const root = join(import.meta.dirname, '../../../..');
const onDisk = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the variables', () => {
  it('say what must be set, what each service assumes, and what they may be', () => {
    const byName = new Map(variables().map((variable) => [variable.name, variable]));
    expect(byName.get('DATABASE_SYSTEM_URL')?.defaults).toContainEqual({
      service: 'orchestrator',
      value: null,
    });
    expect(byName.get('PORT')?.defaults.map(({ value }) => value)).toEqual([
      '8000',
      '8010',
      '8020',
      '8001',
      '8030',
      '8040',
    ]);
    expect(byName.get('REDIS_URL')?.defaults).toEqual([{ service: 'api-gateway', value: '' }]);
    expect(byName.get('ENV')?.kind).toBe('one of dev, test, prod, production');
    expect(byName.get('EGRESS_ALLOW')?.kind).toBe('a list, separated by commas');
    expect(byName.get('RBAC_ENABLED')?.kind).toBe('true or false');
  });

  it.each([
    ['.env.example', envExample],
    ['.github/CONFIGURATION.md', configurationPage],
  ])('are in %s as they are here (pnpm documents writes it)', (file, generate) => {
    expect(onDisk(file)).toBe(generate());
  });
});
