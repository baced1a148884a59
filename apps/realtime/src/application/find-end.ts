import { succeed, type StructuredOutcome } from '@aos/contracts';
import type { RunJournal, RunPlace } from './ports.ts';

/** The seq of a run's last event (0: none yet), in one read for a short run and a few small ones for a long run. */
export async function findEnd(journal: RunJournal, place: RunPlace): Promise<StructuredOutcome<number>> {
  const first = await journal.read(place, 0);
  if (!first.ok) return first;
  let known = first.value.events.at(-1)?.seq ?? 0;
  if (first.value.isEnd) return succeed(known);

  let beyond = Number.POSITIVE_INFINITY;
  let stride = Math.max(1, known);
  while (known < beyond) {
    const probe = beyond === Number.POSITIVE_INFINITY ? known + stride : Math.floor((known + beyond) / 2);
    const page = await journal.read(place, probe, 1);
    if (!page.ok) return page;
    const next = page.value.events.at(-1)?.seq;
    if (next === undefined) beyond = probe;
    else known = next;
    stride *= 2;
  }
  return succeed(known);
}
