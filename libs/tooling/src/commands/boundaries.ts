import { checkBoundaries } from '../boundaries.ts';
import { runCommand } from './exit.ts';

/** Prints each import that crosses a boundary; a check that looked at nothing has failed. */
async function boundaries(): Promise<void> {
  const { modules, violations } = await checkBoundaries();
  for (const { rule, from, to } of violations) console.error(`${rule}: ${from} → ${to}`);
  if (modules === 0) console.error('no module was looked at: the check is broken');
  if (modules === 0 || violations.length > 0) process.exitCode = 1;
  else console.log(`${modules} modules keep to their boundaries`);
}

await runCommand(boundaries);
