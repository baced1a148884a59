import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import type { EgressPolicy } from './egress-policy.ts';

/** A place may not be reached. The message is for the caller. */
export class EgressDeniedError extends Error {
  override readonly name = 'EgressDeniedError';
}

/** All addresses of a host; rejects when there are none. */
export type ResolveHost = (host: string) => Promise<LookupAddress[]>;

/** As the machine resolves names, /etc/hosts included. */
export const resolveBySystem: ResolveHost = (host) => lookup(host, { all: true });

/**
 * Connects only where the policy allows. Every answer of the name service must be allowed, and the connection goes to
 * the answer that was checked: nothing is looked up a second time.
 */
export function guardedConnector(
  policy: EgressPolicy,
  resolve: ResolveHost,
  connectTimeoutMs: number,
): buildConnector.connector {
  const check = callbackify((host: string) => checkedAddresses(host, policy, resolve));
  const guardedLookup: LookupFunction = (host, options, callback) => {
    check(host, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup: guardedLookup, timeout: connectTimeoutMs, allowH2: false });
  return (options, callback) => {
    // An address written as the host is not looked up, so it is checked here.
    const reason = policy.refusalOfHost(options.hostname);
    if (reason === undefined) connect(options, callback);
    else callback(new EgressDeniedError(reason), null);
  };
}

async function checkedAddresses(
  host: string,
  policy: EgressPolicy,
  resolve: ResolveHost,
): Promise<LookupAddress[]> {
  const addresses = await resolve(host);
  for (const { address } of addresses) {
    const reason = policy.refusalOfAddress(host, address);
    if (reason !== undefined) throw new EgressDeniedError(reason);
  }
  return addresses;
}
