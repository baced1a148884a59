import type { RealtimeConfig } from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { OnApplicationShutdown } from '@nestjs/common';

/** What realtime is connected to; closed when no watcher is left. */
export class Connections implements OnApplicationShutdown {
  private constructor(readonly messaging: Messaging) {}

  static async open(config: RealtimeConfig, logger: Logger): Promise<Connections> {
    return new Connections(await connectMessaging({ url: config.NATS_URL, service: 'realtime', logger }));
  }

  probes(): HealthProbe[] {
    const check = async () => {
      await this.messaging.roundTripMs();
    };
    return [{ name: 'nats', critical: true, check }];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.messaging.drain();
  }
}
