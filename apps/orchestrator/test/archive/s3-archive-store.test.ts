import { startS3IfAvailable } from '@aos/testing';
import { afterAll, describe, expect, it } from '@jest/globals';
import { s3ArchiveStore } from '../../src/outbound/archive/s3-archive-store.ts';
import { archiveStoreSuite } from './archive-store.suite.ts';
import { openArchiveWorld } from './archive-world.ts';

const s3 = await startS3IfAvailable();

afterAll(() => s3?.stop());

const BUCKET = 'artifacts';
const SETTINGS = {
  S3_ENDPOINT: s3?.endpoint,
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY_ID: 'any',
  S3_SECRET_ACCESS_KEY: 'secret',
};

/** The server keeps everything in memory, so each begins with an empty one. */
async function open() {
  if (s3 === undefined) throw new Error('these tests are skipped without an S3 server');
  await s3.restart();
  await s3.createBucket(BUCKET);
  return s3ArchiveStore(BUCKET, SETTINGS);
}

(s3 === undefined ? describe.skip : describe)('the S3 archive store', () => {
  archiveStoreSuite(open);

  it('takes days through a failure of the server, and gives their runs back', async () => {
    const world = await openArchiveWorld();
    const store = await open();
    await world.addPartition('2001-05-10');
    const [run] = await world.addRuns('2001-05-10', 3, { events: 6 });
    if (run === undefined || s3 === undefined) throw new Error('three runs');
    const reader = world.reader(store);
    const before = await reader.findWithJournal(run.tenantId, run.runId);
    expect(before?.events).toHaveLength(6);

    await s3.kill();
    const without = world.archivist({ store, today: '2001-05-18', retention: { maxRetries: 0 } });
    await without.pass();
    expect(without.told).toEqual([expect.stringMatching(/^failed 2001-05-10 /)]);
    expect(await world.rowsOf('2001-05-10')).toBe(18);

    const back = await open();
    await world.admin.query(`update orchestrator.journal_archives set status = 'waiting'`);
    const archivist = world.archivist({
      store: back,
      today: '2001-05-18',
      retention: { keepRunsDays: 1000 },
    });
    await archivist.pass();
    expect(archivist.told).toEqual(['archived 2001-05-10', 'dropped 2001-05-10']);
    const archived = world.reader(back);
    expect(await archived.findWithJournal(run.tenantId, run.runId)).toEqual(before);
    await world.close();
  });
});
