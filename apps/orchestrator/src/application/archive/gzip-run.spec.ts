import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gzipByRun, type ArchiveLine, type ArchiveMember } from './gzip-run.ts';
import { inspectArchive } from './inspect-archive.ts';

const { signal } = new AbortController();

function lineOf(runId: string, note: string): ArchiveLine {
  return { runId, tenantId: 'acme', line: JSON.stringify({ runid: runId, note }) };
}

async function membersOf(lines: ArchiveLine[]): Promise<ArchiveMember[]> {
  const members: ArchiveMember[] = [];
  for await (const member of gzipByRun(Readable.from(lines))) members.push(member);
  return members;
}

const textOf = ({ content }: ArchiveMember): string => gunzipSync(content).toString();
const contentsOf = (members: ArchiveMember[]): AsyncIterable<Uint8Array> =>
  Readable.from(members.map(({ content }) => content));

describe('gzip by run', () => {
  it('gives each run members of its own, a large one several, and loses nothing', async () => {
    const large = Array.from({ length: 100 }, (_none, at) => lineOf('b', `${at} ${'x'.repeat(60_000)}`));
    const lines = [lineOf('a', 'first'), lineOf('a', 'second'), ...large, lineOf('c', 'last')];
    const members = await membersOf(lines);
    const owners = members.map(({ owner }) => owner?.runId);
    expect(owners.filter((runId) => runId !== 'b')).toEqual(['a', 'c']);
    expect(owners.filter((runId) => runId === 'b').length).toBeGreaterThan(1);
    const whole = lines.map(({ line }) => `${line}\n`).join('');
    expect(members.map(textOf).join('')).toBe(whole);
    expect(await inspectArchive(contentsOf(members), signal)).toMatchObject({ events: 103, runs: 3 });
  });

  it('makes an archive of a day without runs', async () => {
    const members = await membersOf([]);
    expect(members).toMatchObject([{ owner: undefined }]);
    expect(await inspectArchive(contentsOf(members), signal)).toMatchObject({ events: 0, runs: 0 });
  });
});

describe('looking an archive over', () => {
  const [newline, separator] = ['\r', '\u2028'];

  it('counts lines by newlines alone, wherever the pieces are cut', async () => {
    const members = await membersOf([lineOf('ä', `${newline}${separator}`), lineOf('ö', 'x')]);
    const bytes = Buffer.concat(members.map(({ content }) => content));
    const single = Readable.from([...bytes].map((byte) => Buffer.of(byte)));
    expect(await inspectArchive(single, signal)).toMatchObject({
      events: 2,
      runs: 2,
      bytes: bytes.byteLength,
    });
  });

  it('refuses what is cut', async () => {
    const [member] = await membersOf([lineOf('a', 'x')]);
    const cut = Readable.from([member?.content.subarray(0, -3) ?? Buffer.of()]);
    await expect(inspectArchive(cut, signal)).rejects.toThrow('unexpected end of file');
  });
});
