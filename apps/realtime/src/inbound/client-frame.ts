import { clientFrame, errorOf, fail, issuesOf, succeed } from '@aos/contracts';
import { invalidRequest, type ClientFrame, type StructuredOutcome } from '@aos/contracts';
import type { RawData } from 'ws';

/** No frame of a client needs more. */
const FRAME_BYTES_MAX = 4096;
const OPS = 'subscribe, unsubscribe, ping';

/** A frame as the client meant it. */
export function parseClientFrame(data: RawData, isBinary: boolean): StructuredOutcome<ClientFrame> {
  if (isBinary || !Buffer.isBuffer(data)) {
    return fail(errorOf('invalid_request', 'binary frames are not understood; send JSON as text'));
  }
  if (data.length > FRAME_BYTES_MAX) {
    return fail(errorOf('payload_too_large', `a frame has at most ${FRAME_BYTES_MAX} bytes`));
  }
  const json = parseJson(data.toString());
  if (!json.ok) return json;
  const frame = clientFrame.safeParse(json.value);
  if (frame.success) return succeed(frame.data);
  const issues = issuesOf(frame.error).map((issue) =>
    issue.field === '/op' ? { field: '/op', message: `unknown; one of ${OPS}` } : issue,
  );
  return fail(invalidRequest(issues));
}

function parseJson(text: string): StructuredOutcome<unknown> {
  try {
    return succeed(JSON.parse(text));
  } catch {
    return fail(errorOf('invalid_request', 'the frame is not JSON'));
  }
}
