import { Command } from 'commander';
import { runDemo } from '../demo/run-demo.ts';
import { runCommand } from './exit.ts';

const program = new Command('demo')
  .description(
    'AOS in a minute: a stack of its own, a run that survives a kill -9 of the orchestrator, a goal in words, and nothing left behind. With ANTHROPIC_API_KEY Claude plans and answers (a few cents), else a labelled sandbox.',
  )
  .option('--live', 'the real price API, and your Slack by SLACK_WEBHOOK_URL (an incoming webhook)', false)
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 bad usage, 3 a server program is missing, 130 Ctrl-C.',
  )
  .action((options: { live: boolean }) => runCommand(() => runDemo(options)))
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
await program.parseAsync();
process.exit();
