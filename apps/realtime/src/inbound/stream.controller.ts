import { errorOf } from '@aos/contracts';
import { sendProblem } from '@aos/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whoever opens the stream without a WebSocket is told so; upgrades go to StreamServer. */
@Controller('v1/stream')
export class StreamController {
  @Get()
  explain(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const error = errorOf('invalid_request', 'This is a WebSocket endpoint: connect with ws:// or wss://.');
    sendProblem(reply, error, request.id);
  }
}
