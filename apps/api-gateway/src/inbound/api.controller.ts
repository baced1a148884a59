import { HTTP_ROUTES, type HttpRoute } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { answerOf, type OwnAnswers } from './answer-table.ts';
import type { FastifyHost } from './fastify-host.ts';
import { readJsonOnly } from './json-body.ts';
import { admit, submit, type ApiRequest, type Gate } from './pipeline.ts';
import { refuse } from './refuse.ts';
import { sendArtifact } from './send-artifact.ts';
import { sendAnswer } from './send-answer.ts';
import { inputStage } from './stages/input.stage.ts';

const PREFIX = '/api/v1';

interface ApiParts {
  messaging: Messaging;
  own: OwnAnswers;
  gate: Gate;
}

/** The public API: each route of HTTP_ROUTES passes the pipeline and goes to what answers it. */
export class ApiController implements OnApplicationBootstrap {
  constructor(
    private readonly host: FastifyHost,
    private readonly parts: ApiParts,
  ) {}

  /** In a scope of its own, so that its body parser is not everybody's. */
  async onApplicationBootstrap(): Promise<void> {
    await this.host.httpAdapter.getInstance().register(async (scope) => {
      readJsonOnly(scope);
      scope.decorateRequest('admission', null);
      for (const route of HTTP_ROUTES) this.serve(scope, route);
    });
  }

  private serve(scope: FastifyInstance, route: HttpRoute): void {
    const { messaging, own, gate } = this.parts;
    const parts = { readInput: inputStage(route), answer: answerOf(route, messaging, own) };
    for (const prefix of route.alsoAtRoot ? [PREFIX, ''] : [PREFIX]) {
      scope.route<ApiRequest>({
        method: route.method,
        url: prefix + route.path,
        onRequest: async (request, reply) => {
          const admission = await admit(request, reply, route, gate);
          if (!admission.ok) return refuse(reply, admission.error);
          request.admission = admission.value;
        },
        handler: async (request, reply) => {
          const outcome = await submit(request, reply, parts);
          if (!outcome.ok) return refuse(reply, outcome.error);
          if (route.content === 'artifact')
            return sendArtifact(request, reply, { messaging, route }, outcome.value);
          return sendAnswer(reply, route, prefix, outcome.value);
        },
      });
    }
  }
}
