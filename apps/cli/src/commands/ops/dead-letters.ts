import {
  opsDeadLettersDelete,
  opsDeadLettersGet,
  opsDeadLettersList,
  opsDeadLettersReplay,
  type DeadLetterOutcomes,
} from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, showFailure, type Perform } from '../../command-context.ts';
import { EXIT } from '../../exit-code.ts';
import { badUsage } from '../../failure.ts';
import { wholeNumber } from '../../option-parsers.ts';
import { deadLetterText, deadLettersText } from '../../render/dead-letter.ts';
import { table } from '../../render/table.ts';
import { oneLine } from '../../render/text.ts';
import type { Terminal } from '../../terminal.ts';
import { examples } from '../examples.ts';

interface ListOptions {
  consumer?: string;
  limit?: number;
  cursor?: string;
}

interface ReplayOptions {
  consumer?: string;
  limit?: number;
}

export function addDeadLetters(group: Command, perform: Perform): void {
  const letters = group
    .command('dead-letters')
    .description('messages that no consumer could handle: list (the default), get, replay, delete')
    .addHelpText(
      'after',
      examples(
        'aos ops dead-letters',
        'aos ops dead-letters get 7',
        'aos ops dead-letters replay --consumer billing-runs',
      ),
    );
  addList(letters, perform);
  addGet(letters, perform);
  addReplay(letters, perform);
  addDelete(letters, perform);
}

function addList(letters: Command, perform: Perform): void {
  letters
    .command('list', { isDefault: true })
    .description('list them, oldest first')
    .option('--consumer <name>', 'only of this consumer')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .action((options: ListOptions, command: Command) =>
      perform(command, (context) => {
        const request = { method: 'GET' as const, path: '/admin/dead-letters', query: { ...options } };
        return callAndShow(context, request, opsDeadLettersList.output, {
          text: ({ data, next_cursor }) => {
            const more = next_cursor === null ? '' : `\nmore: the same with --cursor ${next_cursor}`;
            return (data.length === 0 ? 'no dead letters' : deadLettersText(context.terminal, data)) + more;
          },
        });
      }),
    );
}

function addGet(letters: Command, perform: Perform): void {
  letters
    .command('get')
    .description('show one whole')
    .argument('<number>', 'as the list says', wholeNumber)
    .action((sequence: number, _options: object, command: Command) =>
      perform(command, (context) =>
        callAndShow(
          context,
          { method: 'GET', path: `/admin/dead-letters/${sequence}` },
          opsDeadLettersGet.output,
          {
            text: (letter) => deadLetterText(context.terminal, letter),
          },
        ),
      ),
    );
}

function addReplay(letters: Command, perform: Perform): void {
  letters
    .command('replay')
    .description('publish one, or those of a consumer, once more where they came from')
    .argument('[number]', 'as the list says', wholeNumber)
    .option('--consumer <name>', 'all of this consumer')
    .option('--limit <n>', 'at most so many', wholeNumber)
    .action((sequence: number | undefined, { consumer, limit }: ReplayOptions, command: Command) =>
      perform(command, (context) => {
        if ((sequence === undefined) === (consumer === undefined))
          return Promise.resolve(
            showFailure(context, badUsage('Name either a number or a --consumer.').failure),
          );
        const body = { sequence, consumer, limit };
        const request = { method: 'POST' as const, path: '/admin/dead-letters/replay', body };
        return callAndShow(context, request, opsDeadLettersReplay.output, {
          text: (outcomes) => outcomesText(context.terminal, outcomes),
          exitCode: ({ failed }) => (failed > 0 ? EXIT.failed : EXIT.done),
        });
      }),
    );
}

function addDelete(letters: Command, perform: Perform): void {
  letters
    .command('delete')
    .description('delete one for good')
    .argument('<number>', 'as the list says', wholeNumber)
    .action((sequence: number, _options: object, command: Command) =>
      perform(command, (context) =>
        callAndShow(
          context,
          { method: 'DELETE', path: `/admin/dead-letters/${sequence}` },
          opsDeadLettersDelete.output,
          { text: () => `dead letter ${sequence} is deleted` },
        ),
      ),
    );
}

function outcomesText(terminal: Terminal, { replayed, failed, data, more }: DeadLetterOutcomes): string {
  const sum = `${replayed} replayed, ${failed} failed${more ? '; there are more' : ''}`;
  const bad = data.filter(({ outcome }) => outcome === 'failed');
  if (bad.length === 0) return sum;
  const rows = bad.map(({ sequence, detail }) => [String(sequence), oneLine(detail ?? '')]);
  return `${table(terminal, ['NUMBER', 'WHY IT FAILED'], rows)}\n${sum}`;
}
