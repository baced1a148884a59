import { cloudEvent, llmComplete, type CloudEvent, type LlmRequest } from '@aos/contracts';
import { createPool } from '@aos/database';
import { connectMessaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { startModelSandbox, startNats, startPostgres, waitUntil } from '@aos/testing';
import { migratedUrls, startRouter } from './start-router.ts';
import { contextOf, requestOf } from './world.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>;

/** The service in this process, with servers of its own, a model sandbox, and those who ask it. */
export async function startSurroundings(apiKey: string) {
  const [nats, postgres, sandbox] = await Promise.all([startNats(), startPostgres(), startModelSandbox()]);
  const router = await startRouter({
    ...(await migratedUrls(postgres)),
    NATS_URL: nats.urlFor('router'),
    ANTHROPIC_API_KEY: apiKey,
    ANTHROPIC_BASE_URL: sandbox.url,
  });
  const join = (service: string) => connectMessaging({ url: nats.urlFor(service), service, logger });
  const [caller, billing, operator] = await Promise.all([
    join('orchestrator'),
    join('billing'),
    join('operator'),
  ]);
  /** The events that the stream took, in order. */
  const events: CloudEvent[] = [];
  operator.subscribeCore('aos.live.v1.>', ({ payload }) => {
    events.push(cloudEvent.parse(JSON.parse(payload)));
  });
  await operator.roundTripMs();
  const admin = createPool({ url: postgres.adminUrl, applicationName: 'test', max: 2, logger });
  return {
    nats,
    postgres,
    sandbox,
    router,
    caller,
    billing,
    events,
    ask: (request: LlmRequest = requestOf(), context = contextOf()) =>
      caller.request(llmComplete, context, request),
    eventOf: (requestId: string) =>
      waitUntil(() => events.find(({ id }) => id === `${requestId}-completed`), { what: 'the event' }),
    costsOf: async (tenantId: string): Promise<number> => {
      const found = await admin.query('select from router.llm_costs where tenant_id = $1', [tenantId]);
      return found.rowCount ?? 0;
    },
    stop: async () => {
      await Promise.all([router.close(), caller.drain(), billing.drain(), operator.drain()]);
      await Promise.all([admin.end(), sandbox.close()]);
      await Promise.all([nats.stop(), postgres.stop()]);
    },
  };
}
