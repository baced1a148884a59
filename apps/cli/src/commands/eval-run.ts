import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  evaluation,
  gate as gateSchema,
  judgeGate,
  suite as suiteSchema,
  suiteInput,
  suiteName,
  type Evaluation,
  type Gate,
  type GateVerdict,
} from '@aos/contracts';
import type { Command } from 'commander';
import { showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { followEvaluation } from '../eval/follow-evaluation.ts';
import { readDocument } from '../eval/read-document.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { badUsage, type Result } from '../failure.ts';
import { repeated, wholeNumber } from '../option-parsers.ts';
import { evaluationText, gateText, progressText } from '../render/evaluation.ts';
import { junitXml } from '../render/junit.ts';
import { examples } from './examples.ts';

interface Options {
  suite: string;
  task?: string[];
  gate?: string;
  junit?: string;
  timeout: number;
}

const TIMEOUT_SECONDS = 3_600;
const IS_FILE = /\.(ya?ml|json)$/;

const AFTER_HELP = `${examples(
  'aos eval run --suite golden',
  'aos eval run --suite suite.yaml --gate gate.yaml --junit report.xml',
  'aos eval run --suite golden --task order --json | jq .gate',
)}

A file is put as the suite it names, then run:
  name: sums
  tasks:
    - name: three
      goal: Add the numbers
      plan: [{ skill: json_transform, params: { input: [1, 2], query: add } }]
      assertions:
        - { path: /outcome/output/result, op: equals, value: 3 }
A path is a JSON pointer into the run as \`aos get-run --json\` shows it. Operations: equals, not_equals, contains,
matches (a regular expression), exists, gte, lte, schema (a JSON Schema).

Without --gate every task must pass; a gate may say min_score (0 to 1), max_cost_cents, max_latency_ms (of any task)
and must_pass (names of tasks).
Ends with 0 when the gate is passed, 1 when it is not, 2 when a file or option cannot be used.`;

export function addEvalRun(group: Command, perform: Perform, directory: string): void {
  group
    .command('run')
    .description('run a suite of golden tasks and judge it by a gate')
    .requiredOption('--suite <name|file>', 'a known suite, or a file of YAML or JSON that holds one')

    .option('--task <name>', 'only this task; may be repeated', repeated)
    .option('--gate <file>', 'what must be reached (YAML or JSON)')
    .option('--junit <file>', 'write a JUnit XML report')
    .option('--timeout <seconds>', 'how long to wait for it', wholeNumber, TIMEOUT_SECONDS)
    .addHelpText('after', AFTER_HELP)
    .action((options: Options, command: Command) =>
      perform(command, async (context) => {
        const done = await runSuite(context, options, directory);
        return done.ok ? done.value : showFailure(context, done.failure);
      }),
    );
}

async function runSuite(
  context: CommandContext,
  options: Options,
  directory: string,
): Promise<Result<ExitCode>> {
  const { api, terminal, isJson } = context;
  const gate = readGate(options, directory);
  if (!gate.ok) return gate;
  const report = options.junit === undefined ? undefined : resolve(directory, options.junit);
  if (report !== undefined && !existsSync(dirname(report))) {
    return badUsage(`--junit: there is no folder ${dirname(report)}`);
  }
  const name = await nameOfSuite(context, options, directory);
  if (!name.ok) return name;

  const body = { suite: name.value, tasks: options.task };
  const started = await api.call({ method: 'POST', path: '/eval/evaluations', body }, evaluation);
  if (!started.ok) return started;
  const finished = await followEvaluation({
    api,
    started: started.value,
    timeoutMs: options.timeout * 1000,
    onSeen: isJson ? () => undefined : progressOn(context),
  });
  if (!finished.ok) return finished;
  const { parsed, raw } = finished.value;
  const verdict = judgeGate(gate.value, parsed);
  if (report !== undefined) {
    const written = await writeReport(report, parsed, verdict);
    if (!written.ok) return written;
  }
  terminal.out(
    isJson
      ? JSON.stringify({ evaluation: raw, gate: verdict }, null, 2)
      : `\n${evaluationText(terminal, parsed)}\n\n${gateText(terminal, verdict)}`,
  );
  return { ok: true, value: verdict.passed ? EXIT.done : EXIT.failed };
}

function readGate({ gate: file }: Options, directory: string): Result<Gate> {
  if (file === undefined) return { ok: true, value: gateSchema.parse({}) };
  const read = readDocument(file, directory, gateSchema);
  return read.ok ? { ok: true, value: read.value.value } : read;
}

/** A file is put first; what the API finds wrong with it is told by line, too. */
async function nameOfSuite(
  { api }: CommandContext,
  { suite }: Options,
  directory: string,
): Promise<Result<string>> {
  if (!IS_FILE.test(suite)) {
    if (suiteName.safeParse(suite).success) return { ok: true, value: suite };
    return badUsage(
      `--suite: neither the name of a suite nor a file that ends in .yaml, .yml or .json: ${suite}`,
    );
  }
  const read = readDocument(suite, directory, suiteInput);
  if (!read.ok) return read;
  const { value, placed } = read.value;
  const put = await api.call({ method: 'POST', path: '/eval/suites', body: value }, suiteSchema);
  if (put.ok) return { ok: true, value: value.name };
  return { ok: false, failure: { ...put.failure, issues: placed(put.failure.issues) } };
}

/** Tells each task once it has another status than before. */
function progressOn({ terminal }: CommandContext): (seen: Evaluation) => void {
  const known = new Map<string, string>();
  return ({ evaluation_id: evaluationId, tasks }) => {
    if (known.size === 0) terminal.out(`evaluation ${evaluationId}`);
    for (const task of tasks) {
      if (known.get(task.task) !== task.status && task.status !== 'pending') {
        terminal.out(progressText(terminal, task));
      }
      known.set(task.task, task.status);
    }
  };
}

async function writeReport(
  file: string,
  finished: Evaluation,
  verdict: GateVerdict,
): Promise<Result<undefined>> {
  const xml = await junitXml(finished, verdict);
  try {
    writeFileSync(file, xml);
    return { ok: true, value: undefined };
  } catch (error) {
    return badUsage(`cannot write ${file}: ${error instanceof Error ? error.message : 'failed'}`);
  }
}
