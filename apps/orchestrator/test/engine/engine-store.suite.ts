import { afterEach, beforeEach, describe } from '@jest/globals';
import type { StoreWorld } from './store-world.ts';
import { childrenSuite } from './suite/children.suite.ts';
import { claimSuite } from './suite/claim.suite.ts';
import { flushSuite } from './suite/flush.suite.ts';
import { mailboxSuite } from './suite/mailbox.suite.ts';
import { recoverySuite } from './suite/recovery.suite.ts';
import { restartSuite } from './suite/restart.suite.ts';
import { signalSuite } from './suite/signal.suite.ts';
import { submitSuite } from './suite/submit.suite.ts';
import { timerSuite } from './suite/timer.suite.ts';

/** What every EngineStore guarantees. Each test has a store of its own. */
export function engineStoreSuite(where: string, open: () => Promise<StoreWorld>): void {
  describe(`the engine’s store ${where}`, () => {
    let world: StoreWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    submitSuite(() => world);
    childrenSuite(() => world);
    claimSuite(() => world);
    flushSuite(() => world);
    mailboxSuite(() => world);
    recoverySuite(() => world);
    restartSuite(() => world);
    signalSuite(() => world);
    timerSuite(() => world);
  });
}
