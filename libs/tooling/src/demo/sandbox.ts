import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Places } from './places.ts';

const PRICE_USD = 64_250.5;

const ORDERS = [
  { number: 'A-1041', customer: 'Ada', amount: 120.5 },
  { number: 'A-1042', customer: 'Bob', amount: 79.9 },
  { number: 'A-1043', customer: 'Cleo', amount: 1310 },
];

interface Delivery {
  webhookId: string;
  /** What the message says. */
  text: string;
}

/** Local stand-ins for the price API, a shop and Slack. */
export interface Sandbox extends Places {
  /** Of the shop's orders, JSON. */
  ordersUrl: string;
  /** Every POST that reached the SANDBOX Slack, in order. */
  deliveries: readonly Delivery[];
  /** When the first message has arrived; its sender waits for the answer until `release`. */
  firstDelivery: Promise<Delivery>;
  release: () => void;
  close(): void;
}

/** Starts them on free ports of 127.0.0.1. */
export async function startSandbox(): Promise<Sandbox> {
  const deliveries: Delivery[] = [];
  const arrived = Promise.withResolvers<Delivery>();
  const released = Promise.withResolvers<void>();
  const price = createServer(givingJson('SANDBOX-price-api', { bitcoin: { usd: PRICE_USD } }));
  const shop = createServer(givingJson('SANDBOX-shop', { orders: ORDERS }));
  const slack = createServer(
    answering(async (request) => {
      const delivery = await deliveryOf(request);
      deliveries.push(delivery);
      arrived.resolve(delivery);
      if (deliveries.length === 1) await released.promise;
    }),
  );
  const origins = [listen(price), listen(shop), listen(slack)] as const;
  const [priceOrigin, shopOrigin, slackOrigin] = await Promise.all(origins);
  return {
    priceUrl: `${priceOrigin}/SANDBOX/simple/price?ids=bitcoin&vs_currencies=usd`,
    ordersUrl: `${shopOrigin}/SANDBOX/orders.json`,
    slackUrl: `${slackOrigin}/SANDBOX/slack`,
    deliveries,
    firstDelivery: arrived.promise,
    release: () => released.resolve(),
    close: () => {
      for (const server of [price, shop, slack]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function givingJson(server: string, value: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', server });
    response.end(JSON.stringify(value));
  };
}

/** Answers `ok`, as Slack does, once the request is taken in; what cannot be taken in is a 400. */
function answering(take: (request: IncomingMessage) => Promise<void>): RequestListener {
  return (request, response) => {
    take(request).then(
      () => response.writeHead(200, { server: 'SANDBOX-slack' }).end('ok'),
      () => response.writeHead(400).end('no_text'),
    );
  };
}

async function deliveryOf(request: IncomingMessage): Promise<Delivery> {
  const message: { text: string } = JSON.parse(await text(request));
  return { webhookId: String(request.headers['webhook-id']), text: message.text };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no port');
  return `http://127.0.0.1:${address.port}`;
}
