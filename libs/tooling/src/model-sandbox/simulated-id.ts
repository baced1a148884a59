import { randomBytes } from 'node:crypto';

/** An id as Anthropic makes them, labelled. */
export const simulatedId = (prefix: 'msg' | 'toolu' | 'req') =>
  `${prefix}_simulated_${randomBytes(9).toString('hex')}`;
