export interface EffectVerdict {
  /** Calls that never came. */
  effectsMissing: number;
  /** Calls that came under two ids or more. */
  effectsUnderTwoKeys: number;
  /** Ids that stand for more than one call. */
  keysShared: number;
  /** Calls that came again under their id, which a receiver drops. */
  effectsRepeated: number;
}

/** Judges what the receiver of the webhooks saw by what it should have seen. */
export function judgeEffects(
  expected: readonly string[],
  calls: ReadonlyMap<string, ReadonlyMap<string, number>>,
): EffectVerdict {
  const idsPerCall = [...calls.values()];
  const ids = idsPerCall.flatMap((counts) => [...counts.keys()]);
  const times = idsPerCall.flatMap((counts) => [...counts.values()]);
  return {
    effectsMissing: expected.filter((path) => !calls.has(path)).length,
    effectsUnderTwoKeys: idsPerCall.filter(({ size }) => size > 1).length,
    keysShared: ids.length - new Set(ids).size,
    effectsRepeated: times.reduce((sum, count) => sum + count - 1, 0),
  };
}

export interface WatchVerdict {
  eventsMissing: number;
  eventsTwice: number;
  eventsOutOfOrder: number;
}

/** Judges the places in their runs' journals of the events a watcher saw, by how long each journal is. */
export function judgeWatched(
  journals: ReadonlyMap<string, number>,
  watched: ReadonlyMap<string, readonly number[]>,
): WatchVerdict {
  const verdict: WatchVerdict = { eventsMissing: 0, eventsTwice: 0, eventsOutOfOrder: 0 };
  for (const [runId, length] of journals) {
    const seqs = watched.get(runId) ?? [];
    const different = new Set(seqs).size;
    verdict.eventsMissing += length - different;
    verdict.eventsTwice += seqs.length - different;
    verdict.eventsOutOfOrder += seqs.filter((seq, at) => seq < (seqs[at - 1] ?? 0)).length;
  }
  return verdict;
}
