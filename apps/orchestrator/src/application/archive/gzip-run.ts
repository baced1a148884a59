import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Lines are compressed in pieces of about this size, so that no run needs to be whole in memory. */
const PIECE_CHARACTERS = 2 * 1024 * 1024;

interface Owner {
  runId: string;
  tenantId: string;
}

/** An event of a run as it stands in the archive. */
export interface ArchiveLine extends Owner {
  line: string;
}

/** A gzip member: a whole run, or a piece of a large one; without owner where the day has no runs. */
export interface ArchiveMember {
  owner: Owner | undefined;
  content: Uint8Array;
}

/** The lines as gzip members; lines of different runs never share one. */
export async function* gzipByRun(lines: AsyncIterable<ArchiveLine>): AsyncGenerator<ArchiveMember> {
  let owner: Owner | undefined;
  let piece = '';
  for await (const { line, runId, tenantId } of lines) {
    if (piece !== '' && (runId !== owner?.runId || piece.length >= PIECE_CHARACTERS)) {
      yield { owner, content: await compress(piece) };
      piece = '';
    }
    owner = { runId, tenantId };
    piece += `${line}\n`;
  }
  // A day without runs is an archive, too.
  yield { owner, content: await compress(piece) };
}
