import { messagesSend } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { jsonOrText } from '../option-parsers.ts';
import { facts } from '../render/table.ts';
import { examples } from './examples.ts';

interface Options {
  type: string;
  body: unknown;
  correlationId?: string;
  replyTo?: string;
  idempotencyKey?: string;
}

export function addSendMessage(program: Command, perform: Perform): void {
  program
    .command('send-message')
    .description('put a message into the mailbox of an agent; one of its runs takes it')
    .argument('<agent-id>')
    .requiredOption('--type <type>', 'what kind of message it is')
    .requiredOption('--body <json|text>', 'what it says; JSON, else taken as text', jsonOrText)
    .option('--correlation-id <id>', 'names what it belongs to')
    .option('--reply-to <message-id>', 'the message it answers')
    .option('--idempotency-key <key>', 'a repeated call with this key sends nothing more')
    .addHelpText(
      'after',
      examples(`aos send-message AGENT_ID --type order --body '{"item":"tea"}' --correlation-id o-17`),
    )
    .action((agentId: string, options: Options, command: Command) =>
      perform(command, (context) => {
        const { type, body, correlationId, replyTo, idempotencyKey } = options;
        const path = `/agents/${encodeURIComponent(agentId)}/messages`;
        const given = { correlation_id: correlationId, reply_to: replyTo, idempotency_key: idempotencyKey };
        const request = { method: 'POST' as const, path, body: { type, body, ...given } };
        return callAndShow(context, request, messagesSend.output, {
          text: (sent) =>
            facts(context.terminal, [
              ['message', sent.message_id],
              ['to', sent.to.agent_id],
              ['sent', sent.created_at],
              ['note', sent.replayed ? 'the idempotency key was used before: this is its first message' : ''],
            ]),
        });
      }),
    );
}
