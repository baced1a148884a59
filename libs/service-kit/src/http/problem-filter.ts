import { errorOf, type ErrorSpec } from '@aos/contracts';
import { loggerFor, type Logger } from '@aos/telemetry';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorOfException } from './error-of-exception.ts';
import type { RouteTable } from './route-table.ts';
import { sendProblem } from './send-problem.ts';

/** The last stop of everything thrown, by a handler or by Fastify: problem+json for the caller, the cause for the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly routes: RouteTable,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = request.is404 ? this.noRoute(request, reply) : errorOfException(exception);
    if (error.code === 'internal') this.log(exception, request);
    // Half an answer is out already: only the connection can still say that it failed.
    if (reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(reply, error, request.id);
  }

  private noRoute(request: FastifyRequest, reply: FastifyReply): ErrorSpec {
    const [path = ''] = request.url.split('?');
    const methods = this.routes.methodsOf(path);
    if (methods.length === 0) return errorOf('not_found', `there is nothing at ${path}`);
    void reply.header('allow', methods.join(', '));
    return errorOf('method_not_allowed', `${path} serves ${methods.join(', ')}`);
  }

  private log(exception: unknown, request: FastifyRequest): void {
    const { id: requestId, traceparent } = request;
    loggerFor(this.logger, { requestId, traceparent }).error({ err: exception }, 'a request handler threw');
  }
}
