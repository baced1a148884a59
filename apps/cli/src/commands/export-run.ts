import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { showFailure, type Perform } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { badUsage } from '../failure.ts';
import { facts } from '../render/table.ts';
import { byteCount } from '../render/text.ts';
import { examples } from './examples.ts';

export function addExportRun(program: Command, perform: Perform, directory: string): void {
  program
    .command('export-run')
    .description('a run with its journal, plan and versions as NDJSON that ends in a manifest')
    .argument('<run-id>')
    .requiredOption('--out <file>', 'where to write it')
    .addHelpText('after', examples('aos export-run RUN_ID --out run.ndjson'))
    .action((runId: string, { out }: { out: string }, command: Command) =>
      perform(command, async (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/export`;
        const found = await context.api.download({ method: 'GET', path });
        if (!found.ok) return showFailure(context, found.failure);
        const { content, sha256 } = found.value;
        const file = resolve(directory, out);
        try {
          writeFileSync(file, content);
        } catch (error) {
          const why = error instanceof Error ? error.message : 'failed';
          return showFailure(context, badUsage(`cannot write ${file}: ${why}`).failure);
        }
        const { terminal, isJson } = context;
        const bytes = content.byteLength;
        if (isJson) terminal.out(JSON.stringify({ run_id: runId, file, bytes, sha256 }, null, 2));
        else
          terminal.out(
            facts(terminal, [
              ['file', file],
              ['size', byteCount(bytes)],
              ['sha256', sha256],
            ]),
          );
        return EXIT.done;
      }),
    );
}
