import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Download } from '../api-client.ts';
import { showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { badUsage, type Result } from '../failure.ts';
import { facts } from '../render/table.ts';
import { byteCount, oneLine } from '../render/text.ts';
import { examples } from './examples.ts';

export function addGetArtifact(program: Command, perform: Perform, directory: string): void {
  program
    .command('get-artifact')
    .description('fetch a file that a run made; get-run lists them')
    .argument('<run-id>')
    .argument('<name>')
    .option('--output <file>', 'where to write it; default: standard output')
    .addHelpText(
      'after',
      examples(
        'aos get-artifact RUN_ID invite.ics --output invite.ics',
        'aos get-artifact RUN_ID fetch.output.json | jq .status',
      ),
    )
    .action((runId: string, name: string, { output }: { output?: string }, command: Command) =>
      perform(command, async (context) => {
        if (context.isJson && output === undefined)
          return showFailure(context, badUsage('--json needs --output: the file itself is not JSON').failure);
        const path = `/runs/${encodeURIComponent(runId)}/artifacts/${encodeURIComponent(name)}`;
        const found = await context.api.download({ method: 'GET', path });
        if (!found.ok) return showFailure(context, found.failure);
        if (output !== undefined)
          return save(context, found.value, { name, file: resolve(directory, output) });
        context.terminal.bytes(found.value.content);
        return EXIT.done;
      }),
    );
}

function save(
  context: CommandContext,
  { content, sha256, mediaType }: Download,
  { name, file }: { name: string; file: string },
): ExitCode {
  const written = write(file, content);
  if (!written.ok) return showFailure(context, written.failure);
  const { terminal, isJson } = context;
  const bytes = content.byteLength;
  if (isJson) {
    terminal.out(JSON.stringify({ name, file, bytes, media_type: mediaType, sha256 }, null, 2));
    return EXIT.done;
  }
  const entries = [
    ['file', file],
    ['type', oneLine(mediaType)],
    ['size', byteCount(bytes)],
    ['sha256', sha256],
  ] as const;
  terminal.out(facts(terminal, entries));
  return EXIT.done;
}

function write(file: string, content: Uint8Array): Result<undefined> {
  try {
    writeFileSync(file, content);
    return { ok: true, value: undefined };
  } catch (error) {
    return badUsage(`cannot write ${file}: ${error instanceof Error ? error.message : 'failed'}`);
  }
}
