import { readFileSync } from 'node:fs';
import { errorOf, invalidRequest } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { BAD, BROKEN, EvalWorld, evaluationOf, refused, task } from './eval-world.ts';
import { RUN_ID } from './samples.ts';

const SUITE = `
# What the shop promises.
name: shop
tasks:
  - name: faq
    goal: Answer
    assertions:
      - { path: /status, op: equals, value: succeeded }
`;

let world: EvalWorld;

beforeAll(async () => {
  world = await EvalWorld.start();
});
beforeEach(() => {
  world.api.requests.splice(0);
});
afterAll(async () => {
  await world.stop();
});

describe('a suite file', () => {
  it('puts the suite of a file, then runs it by its name', async () => {
    world.evaluates(evaluationOf([task('faq')]));
    const { exitCode } = await world.aos('run', '--suite', world.file('suite.yaml', SUITE));
    expect(exitCode).toBe(0);
    expect(world.posted('/suites')[0]).toMatchObject({
      name: 'shop',
      tasks: [{ name: 'faq', timeout_seconds: 120 }],
    });
    expect(world.posted('/evaluations')[0]).toEqual({ suite: 'shop' });
  });

  it('takes JSON as well', async () => {
    world.evaluates(evaluationOf([task('faq')]));
    const assertions = [{ path: '/status', op: 'exists' }];
    const suite = { name: 'shop', tasks: [{ name: 'faq', goal: 'Answer', assertions }] };
    const path = world.file('suite.json', JSON.stringify(suite));
    expect((await world.aos('run', '--suite', path)).exitCode).toBe(0);
  });
});

describe('a gate', () => {
  it('of a file decides what is enough', async () => {
    world.evaluates(evaluationOf([task('faq'), BAD]));
    const loose = world.file('loose.yaml', 'min_score: 0.5\nmax_cost_cents: 0.5\nmust_pass: [faq]\n');
    expect((await world.run('--gate', loose)).exitCode).toBe(0);
    const dear = world.file('dear.json', '{"min_score": 0, "max_cost_cents": 0.49}');
    const { exitCode, out } = await world.run('--gate', dear);
    expect(exitCode).toBe(1);
    expect(out).toContain('it cost 0.5 cents, at most 0.49 are allowed');
  });

  it.each([
    ['min_score: 2', /gate\.yaml:1:1 \/min_score/],
    ['# none\nmin_scor: 1', /gate\.yaml:2:1 \/min_scor: unknown field/],
    ['min_score: [', /gate\.yaml:1:/],
  ])('that cannot be used ends with 2 before anything is run: %j', async (content, message) => {
    const path = world.file('gate.yaml', content);
    const { exitCode, err } = await world.run('--gate', path);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
    expect(world.api.requests).toEqual([]);
  });
});

describe('a suite file that cannot be used', () => {
  it.each<[string, string, RegExp[]]>([
    ['not YAML', 'name: "shop', [/suite\.yaml:1:12: Missing closing "quote/]],
    ['a key twice', 'name: shop\nname: other', [/suite\.yaml:2:1: Map keys must be unique/]],
    [
      'wrong fields',
      SUITE.replace('goal: Answer', 'gaol: Answer').replace('op: equals', 'op: is'),
      [
        /suite\.yaml:5:5 \/tasks\/0\/goal:/,
        /suite\.yaml:6:5 \/tasks\/0\/gaol: unknown/,
        /suite\.yaml:8:26 .*\/op:/,
      ],
    ],
    ['nothing at all', '', [/suite\.yaml:1:1/]],
    ['a list', '- a', [/suite\.yaml:1:1/]],
    [
      'aliases that multiply',
      `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [${'*b, '.repeat(20)}]`,
      [/Excessive alias count/],
    ],
  ])('ends with 2 and says where: %s', async (_what, content, messages) => {
    const path = world.file('suite.yaml', content);
    const { exitCode, err } = await world.aos('run', '--suite', path);
    expect(exitCode).toBe(2);
    for (const message of messages) expect(err).toMatch(message);
    expect(world.api.requests).toEqual([]);
  });

  it('is told with its lines also where the API finds what is wrong', async () => {
    const field = '/tasks/0/assertions/0/value';
    world.api.respondWith(() => refused(invalidRequest([{ field, message: 'cannot be used' }])));
    const { exitCode, err } = await world.aos('run', '--suite', world.file('suite.yaml', SUITE));
    expect(exitCode).toBe(2);
    expect(err).toContain(`suite.yaml:8:38 ${field}: cannot be used`);
  });

  it('through an alias is told by the line it stands on', async () => {
    const aliased = `x: &checks\n  - { path: status, op: exists }\nname: shop\ntasks:\n  - name: faq\n    goal: Answer\n    assertions: *checks\n`;
    const { err } = await world.aos('run', '--suite', world.file('suite.yaml', aliased));
    expect(err).toContain('suite.yaml:2:7 /tasks/0/assertions/0/path');
  });

  it.each([
    [['--suite', 'No Such Thing']],
    [['--suite', '/no/such/file.yaml']],
    [['--suite', 'shop', '--gate', '/no/such/gate.yaml']],
    [['--suite', 'shop', '--junit', '/no/such/folder/report.xml']],
    [['--suite', 'shop', '--timeout', 'long']],
    [[]],
  ])('is bad usage, as other wrong options are: %j', async (args) => {
    const { exitCode, err } = await world.aos('run', ...args);
    expect(exitCode).toBe(2);
    expect(err).not.toBe('');
    expect(world.api.requests).toEqual([]);
  });

  it('is no different from a suite that is not known, or may not be put', async () => {
    world.api.respondWith(() => refused(errorOf('not_found', 'no suite nowhere')));
    expect((await world.aos('run', '--suite', 'nowhere')).exitCode).toBe(2);
    world.api.respondWith(() => refused(errorOf('conflict', 'the suite golden is shipped')));
    const path = world.file('suite.yaml', SUITE.replace('shop', 'golden'));
    expect(await world.aos('run', '--suite', path)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('is shipped'),
    });
  });
});

describe('a JUnit report', () => {
  it('has a test case a task, what failed, times and cost', async () => {
    world.evaluates(evaluationOf([task('faq'), BAD, BROKEN]));
    const path = world.path('report.xml');
    const { exitCode } = await world.run('--junit', path);
    expect(exitCode).toBe(1);
    const xml = readFileSync(path, 'utf8');
    expect(XMLValidator.validate(xml)).toBe(true);
    // No parser takes it otherwise.
    expect(xml).not.toContain('\u0001');
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const { testsuites } = parser.parse(xml);
    expect(testsuites).toMatchObject({ tests: '3', failures: '1', errors: '1' });
    const { testsuite } = testsuites;
    expect(testsuite.properties.property).toEqual(
      expect.arrayContaining([
        { name: 'cost_cents', value: '0.5' },
        { name: 'gate', value: expect.stringMatching(/^failed: the score is/) },
      ]),
    );
    expect(testsuite.testcase).toMatchObject([
      {
        name: 'faq',
        classname: 'aos.eval.shop',
        time: '1.2',
        properties: {
          property: [
            { name: 'cost_cents', value: '0.25' },
            { name: 'run_id', value: RUN_ID },
          ],
        },
      },
      { name: 'lead', failure: { type: 'assertion', '#text': expect.stringContaining('expected 60') } },
      { name: 'order', error: { type: 'error', message: 'the goal was refused' } },
    ]);
    expect(testsuite.testcase[0]).not.toHaveProperty('failure');
  });

  it('that cannot be written ends with 2', async () => {
    world.evaluates(evaluationOf([task('faq')]));
    const { exitCode, err } = await world.run('--junit', world.path('.'));
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('cannot write') });
  });
});
