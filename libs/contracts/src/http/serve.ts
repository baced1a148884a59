import type { Command } from '../command.ts';
import type { HttpRoute } from './route.ts';

type Served = Omit<HttpRoute, 'command' | 'output' | 'summary' | 'errors' | 'status'> & { status?: number };

/** A route that is answered by the owner of `command`. */
export function serve(command: Command, route: Served): HttpRoute {
  const { summary, output, errors } = command;
  return { status: 200, summary, output, errors, command, ...route };
}
