import { runsReplay } from '@aos/contracts';
import { Option, type Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { centsAmount, changedParam, label } from '../option-parsers.ts';
import { replayText } from '../render/replay.ts';
import { examples } from './examples.ts';

interface ReplayOptions {
  mode: 'EXACT' | 'PARAMETRIC';
  fromStep?: string;
  param?: Record<string, Record<string, unknown>>;
  skill?: Record<string, string>;
  model?: string;
  budget?: number;
  effects?: 'recorded' | 'execute';
  dryRun?: true;
  idempotencyKey?: string;
}

export function addReplay(program: Command, perform: Perform): void {
  program
    .command('replay')
    .description('judge a run by the engine of today (EXACT), or run it again with changes (PARAMETRIC)')
    .argument('<run-id>')
    .addOption(
      new Option('--mode <mode>', 'what to do with it')
        .choices(['EXACT', 'PARAMETRIC'])
        .makeOptionMandatory(),
    )
    .option('--from-step <step-id>', 'it and what comes after it run again; default: every step')
    .option('--param <step.path=value>', 'other params, as JSON or text; may be repeated', changedParam)
    .option('--skill <step=skill>', 'another skill for a step; may be repeated', label)
    .option('--model <model>', 'another model for every step that calls one')
    .option('--budget <cents>', 'what the new run may cost', centsAmount)
    .addOption(
      new Option('--effects <what>', 'steps with side effects: answered as they were, or done again')
        .choices(['recorded', 'execute'])
        .default(undefined, 'recorded'),
    )
    .option('--dry-run', 'say what would be done; no run is made')
    .option('--idempotency-key <key>')
    .addHelpText(
      'after',
      examples(
        'aos replay RUN_ID --mode EXACT',
        'aos replay RUN_ID --mode PARAMETRIC --from-step pick --param pick.query=.price --dry-run',
        'aos replay RUN_ID --mode PARAMETRIC --model claude-sonnet-5 --effects execute',
      ),
    )
    .action((runId: string, options: ReplayOptions, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/replay`;
        return callAndShow(context, { method: 'POST', path, body: bodyOf(options) }, runsReplay.output, {
          text: (replay) => replayText(context.terminal, replay),
          exitCode: (replay) =>
            replay.mode === 'EXACT' && replay.verdict !== 'identical' ? EXIT.failed : EXIT.done,
        });
      }),
    );
}

function bodyOf({ mode, fromStep, effects, dryRun, idempotencyKey, ...changed }: ReplayOptions) {
  const { param: params, skill: skills, model, budget: budget_cents } = changed;
  const changes = { params, skills, model, budget_cents };
  const isChanged = Object.values(changes).some((change) => change !== undefined);
  return {
    mode,
    from_step: fromStep,
    effects,
    dry_run: dryRun,
    idempotency_key: idempotencyKey,
    ...(isChanged ? { changes } : {}),
  };
}
