import { createRequire } from 'node:module';
import { join } from 'node:path';
import { STEPS_PER_RUN } from '../../runs/step-kinds.ts';
import { step, type RunRequest } from './step.ts';

interface Context {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** As much of Restate's SDK as is used here. */
interface Restate {
  service(definition: {
    name: string;
    handlers: Record<string, (context: Context, request: RunRequest) => Promise<string>>;
  }): unknown;
  serve(options: { services: unknown[]; port: number }): Promise<unknown>;
}

const require = createRequire(join(process.env['PEER_FOLDER'] ?? '', 'package.json'));
const restate: Restate = require('@restatedev/restate-sdk');

const bench = restate.service({
  name: 'bench',
  handlers: {
    run: async (context, request) => {
      let firstBegan: string | undefined;
      for (let number = 1; number <= STEPS_PER_RUN; number += 1) {
        const began = await context.run(`step_${number}`, () => step(request, number));
        firstBegan ??= began;
      }
      return firstBegan ?? '';
    },
  },
});
await restate.serve({ services: [bench], port: Number(process.env['PORT']) });
