// A service as small as can be, started by drain.test.ts from the built library: tells its parent what happens.
import { coreConfig } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { bootstrap, ServiceKitModule } from '@aos/service-kit';
import { Controller, Get, Req } from '@nestjs/common';
import { z } from 'zod';

const config = {
  ...z.object(coreConfig).parse({ ...process.env, NATS_URL: 'nats://127.0.0.1:1' }),
  ENV: 'test',
  LOG_LEVEL: 'info',
  HOST: '127.0.0.1',
  PORT: 0,
  HEALTH_CHECK_TIMEOUT_SECONDS: 1,
  SHUTDOWN_TIMEOUT_SECONDS: Number(process.argv[2]),
};

class SlowController {
  /** Answers when the parent says so. */
  slow() {
    process.send('slow request arrived');
    return new Promise((resolve) => process.once('message', () => resolve({ done: true })));
  }

  thing(request) {
    if (request.params.thing_id === 'broken') throw new Error('broken');
    return {};
  }

  bug() {
    setImmediate(() => {
      throw new Error('a bug outside of any request');
    });
    return {};
  }

  onApplicationShutdown() {
    process.send('closed');
  }
}
const route = (path, method) =>
  Get(path)(
    SlowController.prototype,
    method,
    Object.getOwnPropertyDescriptor(SlowController.prototype, method),
  );
route('slow', 'slow');
route('bug', 'bug');
route('things/:thing_id', 'thing');
Req()(SlowController.prototype, 'thing', 0);
Controller()(SlowController);

const logger = createLogger({ service: 'fixture', level: 'info' });
const kit = ServiceKitModule.forRoot({ name: 'fixture', config, logger, probes: [] });
class FixtureModule {}
const app = await bootstrap({
  name: 'fixture',
  config,
  logger,
  module: { module: FixtureModule, imports: [kit], controllers: [SlowController] },
});
process.send({ url: await app.getUrl() });
