import { errorOf, fail, succeed } from '@aos/contracts';
import type { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Skill } from '../../domain/skill/skill.ts';
import { anyJson, defineSkill } from './define-skill.ts';
import type { EgressPolicy } from './egress/egress-policy.ts';
import type { HttpClient } from './http/http-client.ts';
import { forbiddenHost, httpUrl } from './http/place-in-url.ts';
import { lowerCaseNames, requestHeaders } from './http/request-headers.ts';
import { bodyOf } from './http/response-body.ts';

const params = z.strictObject({
  url: httpUrl,
  payload: anyJson.describe('sent as JSON; with event_type as the data of a Standard Webhooks event'),
  event_type: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\w.-]+$/, 'letters, digits, _ - and . only')
    .optional(),
  headers: requestHeaders,
});

const output = z.object({ status: z.int(), webhook_id: z.string(), body: z.json() });

/**
 * Posts a signed webhook (Standard Webhooks 1.0). The webhook-id is the call's key, so a receiver can drop repeats: always
 * idempotent. Redirects are not followed: the signature is for one receiver.
 */
export function webhookSend(client: HttpClient, policy: EgressPolicy, signer: Webhook | undefined): Skill {
  return defineSkill({
    name: 'webhook_send',
    version: '1.0.0',
    description: 'Posts a JSON payload to a URL, signed by the Standard Webhooks specification.',
    side_effects: 'always',
    idempotent: 'always',
    pipe_into: 'payload',
    cost_microcents: 10_000,
    latency_ms: 300,
    timeout_ms: 30_000,
    params,
    output,
    hasSideEffects: () => true,
    isIdempotent: () => true,
    forbiddenPlaces: ({ url }) => forbiddenHost(url, policy),
    run: async ({ url, payload, event_type, headers: given }, { idempotencyKey, timeoutMs, signal }) => {
      if (signer === undefined) {
        return fail(
          errorOf('skill_failed', 'no webhook signing secret is configured: see WEBHOOK_KEYS_PATH'),
        );
      }
      const sentAt = new Date();
      const content =
        event_type === undefined
          ? payload
          : { type: event_type, timestamp: sentAt.toISOString(), data: payload };
      const body = JSON.stringify(content);
      const headers = {
        'user-agent': 'aos-webhook-send/1.0.0',
        ...lowerCaseNames(given),
        'content-type': 'application/json',
        'webhook-id': idempotencyKey,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': signer.sign(idempotencyKey, sentAt, body),
      };
      const limits = { timeoutMs, signal, isRepeatable: true, redirectsMax: 0 };
      const response = await client.send({ url, method: 'POST', headers, body }, limits);
      if (!response.ok) return response;
      const answer = bodyOf(response.value);
      if (!answer.ok) return answer;
      return succeed({ status: response.value.status, webhook_id: idempotencyKey, body: answer.value });
    },
  });
}
