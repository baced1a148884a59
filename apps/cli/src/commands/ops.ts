import type { Command } from 'commander';
import type { Perform } from '../command-context.ts';
import { examples } from './examples.ts';
import { addArchive } from './ops/archive.ts';
import { addDeadLetters } from './ops/dead-letters.ts';
import { addRequeue } from './ops/requeue.ts';
import { addStuck } from './ops/stuck.ts';
import { addTenantStanding } from './ops/tenants.ts';
import { addWorkers } from './ops/workers.ts';

/** What operators do: look for what is stuck, mend it, and steer the installation. */
export function addOps(program: Command, perform: Perform): void {
  const group = program
    .command('ops')
    .description('see what is stuck, mend it, steer workers and tenants')
    .addHelpText(
      'after',
      `${examples('aos ops stuck', 'aos ops requeue RUN_ID', 'aos ops dead-letters')}\n\nA manager's key (level 4) sees and mends runs of its tenant; the rest needs the key of the installation.`,
    );
  addStuck(group, perform);
  addRequeue(group, perform);
  addDeadLetters(group, perform);
  addWorkers(group, perform);
  addTenantStanding(group, perform);
  addArchive(group, perform);
}
