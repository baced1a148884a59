import {
  commandsOwnedBy,
  succeed,
  type CommandSubject,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { OUTPUTS } from './samples.ts';

interface Received {
  subject: CommandSubject;
  context: RequestContext;
  input: unknown;
}

type Responder = (received: Received) => Promise<StructuredOutcome<unknown>>;

export interface FakeOrchestrator {
  /** The commands that came, in order. */
  received: Received[];
  /** Replaces what is answered from now on; at first a sample of the command's output. */
  respondWith(responder: Responder): void;
  close(): Promise<void>;
}

const answerSample: Responder = async ({ subject }) => succeed(OUTPUTS[subject]);

/** Whom the gateway passes requests on to. */
const OWNERS = ['orchestrator', 'billing', 'eval'] as const;

/** Answers every command of the orchestrator, and of the other services behind the gateway, and keeps what it received. */
export async function startFakeOrchestrator(urlFor: (user: string) => string): Promise<FakeOrchestrator> {
  const logger = createLogger({ service: 'fake-orchestrator', level: 'silent' });
  const joined: Messaging[] = [];
  const received: Received[] = [];
  let responder = answerSample;
  for (const service of OWNERS) {
    const messaging = await connectMessaging({ url: urlFor(service), service, logger });
    joined.push(messaging);
    for (const command of commandsOwnedBy(service)) {
      messaging.answer(command, (context, input) => {
        const message = { subject: command.subject, context, input };
        received.push(message);
        return responder(message);
      });
    }
  }
  return {
    received,
    respondWith: (next) => {
      responder = next;
    },
    close: async () => {
      await Promise.all(joined.map((messaging) => messaging.drain()));
    },
  };
}
