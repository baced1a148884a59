import { createHash } from 'node:crypto';
import { succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import type { DroppedFile, KeptFile } from '../../src/domain/skill/skill.ts';
import { call, openSkill } from './skill-harness.ts';

const ASKED = { title: 'Review', start: '2026-05-01T09:30', timezone: 'Europe/Berlin', name: 'r.ics' };
const RUN_ID = '01940b4d-1c00-7000-8000-000000000001';

const artifactOf = ({ name, mediaType, content }: KeptFile) => ({
  name,
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.byteLength,
  media_type: mediaType,
});

describe('calendar_remove', () => {
  it('is what calendar_write says undoes it: it takes away the very file that was written', async () => {
    const write = await openSkill('calendar_write');
    const remove = await openSkill('calendar_remove');
    const files: DroppedFile[] = [];
    const written = await call(write, ASKED, {
      runId: RUN_ID,
      keepFile: async (file) => {
        const artifact = artifactOf(file);
        files.push({ name: artifact.name, sha256: artifact.sha256 });
        return succeed(artifact);
      },
    });
    const undo = written.ok && 'output' in written.value ? write.undoOf(ASKED, written.value.output) : null;
    expect(write.spec.compensated_by).toBe(remove.spec.name);
    expect(undo).toEqual({ skill: 'calendar_remove', params: { artifact: files[0] } });
    expect(remove.validate(undo?.params ?? {})).toEqual([]);

    const dropped: DroppedFile[] = [];
    const dropFile = (file: DroppedFile) => dropped.push(file) === 1;
    const removed = await call(remove, undo?.params ?? {}, { dropFile });
    expect(removed).toEqual({ ok: true, value: { output: { removed: true } } });
    expect(dropped).toEqual(files);
    // Again: it is gone already.
    expect(await call(remove, undo?.params ?? {}, { dropFile })).toMatchObject({
      value: { output: { removed: false } },
    });
  });

  it('takes what calendar_write gave as it is, and nothing less', async () => {
    const remove = await openSkill('calendar_remove');
    const artifact = { name: 'r.ics', sha256: 'a'.repeat(64), bytes: 3, media_type: 'text/calendar' };
    expect(remove.validate({ artifact })).toEqual([]);
    expect(remove.validate({ artifact: '${{ steps.write.output.artifact }}' })).toEqual([]);
    expect(remove.validate({ artifact: { name: 'r.ics' } })).toMatchObject([{ field: '/artifact/sha256' }]);
  });
});
