import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage, envExample, metricsPage } from '@aos/contracts';
import { repositoryRoot } from '../paths.ts';
import { runCommand } from './exit.ts';

const DOCUMENTS = {
  '.env.example': envExample,
  '.github/CONFIGURATION.md': configurationPage,
  '.github/METRICS.md': metricsPage,
};

/** Writes the documents that are made from the contracts; a spec holds them to it. */
async function documents(): Promise<void> {
  for (const [file, generate] of Object.entries(DOCUMENTS)) {
    writeFileSync(join(repositoryRoot, file), generate());
    console.log(file);
  }
}

await runCommand(documents);
