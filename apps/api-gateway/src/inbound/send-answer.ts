import type { HttpRoute } from '@aos/contracts';
import type { FastifyReply } from 'fastify';

const HTTP_OK = 200;

/** Where a created resource is found, by the path it was posted to. */
const PLACES: Readonly<Record<string, { path: string; idField: string }>> = {
  '/agents': { path: '/agents', idField: 'agent_id' },
  '/agents/:agent_id/goals': { path: '/runs', idField: 'run_id' },
  '/eval/suites': { path: '/eval/suites', idField: 'name' },
  '/eval/evaluations': { path: '/eval/evaluations', idField: 'evaluation_id' },
  '/admin/api-keys': { path: '/admin/api-keys', idField: 'key_id' },
};

/** Answers a success: the route's status, Location of what was created, and 200 for a replayed submit. */
export function sendAnswer(
  reply: FastifyReply,
  route: HttpRoute,
  prefix: string,
  value: unknown,
): FastifyReply {
  const fields: Record<string, unknown> = Object.assign({}, value);
  const place = route.method === 'POST' ? PLACES[route.path] : undefined;
  if (place !== undefined) {
    reply.header('location', `${prefix}${place.path}/${String(fields[place.idField])}`);
  }
  const isReplayed = fields['replayed'] === true;
  if (isReplayed) reply.header('idempotency-replayed', 'true');
  return reply.status(isReplayed ? HTTP_OK : route.status).send(value);
}
