import { skillsList, type ToolSpec } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { badUsage } from '../failure.ts';
import { facts, table } from '../render/table.ts';
import { duration, oneLine } from '../render/text.ts';
import type { Terminal } from '../terminal.ts';
import { examples } from './examples.ts';

const REQUEST = { method: 'GET', path: '/skills' } as const;

export function addSkills(program: Command, perform: Perform): void {
  program
    .command('skills')
    .description('list the skills that a plan may use, or show one with its schemas')
    .argument('[name]')
    .addHelpText(
      'after',
      examples('aos skills', 'aos skills http_call', 'aos skills http_call --json | jq .input_schema'),
    )
    .action((name: string | undefined, _options: unknown, command: Command) =>
      perform(command, (context) => (name === undefined ? listSkills(context) : showSkill(context, name))),
    );
}

function listSkills(context: CommandContext): Promise<ExitCode> {
  return callAndShow(context, REQUEST, skillsList.output, {
    text: ({ manifest }) =>
      table(
        context.terminal,
        ['SKILL', 'VERSION', 'DESCRIPTION'],
        manifest.map(({ name, version, description }) => [name, version, oneLine(description, 90)]),
      ),
  });
}

async function showSkill(context: CommandContext, name: string): Promise<ExitCode> {
  const answer = await context.api.call(REQUEST, skillsList.output);
  if (!answer.ok) return showFailure(context, answer.failure);
  const { manifest } = answer.value.parsed;
  const skill = manifest.find((candidate) => candidate.name === name);
  if (skill === undefined) {
    const names = manifest.map((candidate) => candidate.name).join(', ');
    return showFailure(context, badUsage(`There is no skill ${oneLine(name)}; there are: ${names}.`).failure);
  }
  context.terminal.out(context.isJson ? JSON.stringify(skill, null, 2) : skillText(context.terminal, skill));
  return EXIT.done;
}

function skillText(terminal: Terminal, skill: ToolSpec): string {
  const head = facts(terminal, [
    ['skill', `${skill.name} ${skill.version}`],
    ['what', oneLine(skill.description, 500)],
    ['side effects', skill.side_effects.replaceAll('_', ' ')],
    ['idempotent', skill.idempotent.replaceAll('_', ' ')],
    ['usually', duration(skill.latency_ms)],
    ['timeout', duration(skill.timeout_ms)],
    ['undone by', skill.compensated_by ?? ''],
    ['hands on', skill.pipe ?? ''],
    ['takes into', skill.pipe_into ?? ''],
  ]);
  const schemas = [
    `input ${JSON.stringify(skill.input_schema, null, 2)}`,
    `output ${JSON.stringify(skill.output_schema, null, 2)}`,
  ];
  return [head, ...schemas].join('\n\n');
}
