import { createHash } from 'node:crypto';
import { errorOf, fail, succeed } from '@aos/contracts';
import type { ArtifactStore } from '../../../src/application/artifacts/artifact-store.ts';
import type { Actor, World } from './world.ts';

const lost = () => fail(errorOf('artifact_unavailable', 'the connection was lost'));

/** The artifact store that all processes share, over the network. */
export class SimArtifacts {
  readonly #world: World;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The store as one process sees it. */
  storeOf(actor: Actor): ArtifactStore {
    return {
      put: (tenantId, content) =>
        this.#world.call({
          actor,
          what: 'artifacts.put',
          onLost: lost,
          apply: async () => {
            const sha256 = createHash('sha256').update(content).digest('hex');
            this.#kept.set(`${tenantId}/${sha256}`, content);
            return succeed({ sha256, bytes: content.byteLength });
          },
        }),
      get: (tenantId, sha256) =>
        this.#world.call({
          actor,
          what: 'artifacts.get',
          onLost: lost,
          apply: async () => {
            const content = this.#kept.get(`${tenantId}/${sha256}`);
            if (content !== undefined) return succeed(content);
            this.#world.violate(`the journal names an artifact that is not kept: ${sha256}`);
            return lost();
          },
        }),
      ping: () => Promise.resolve(),
    };
  }
}
