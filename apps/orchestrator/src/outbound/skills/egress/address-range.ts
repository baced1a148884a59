import ipaddr from 'ipaddr.js';

/** An address as a `parse` of ipaddr.js gives it. */
export type Address = ReturnType<typeof ipaddr.parse>;

/** The part of IPv6 that is given out to the public internet (RFC 4291 §2.4); the rest is special or unused. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * What keeps an address from being a place on the public internet (`private`, `loopback`, `linkLocal`, …: the names of
 * the IANA special-purpose registries, as ipaddr.js has them); undefined: it is one. Addresses that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo) are none: who routes them decides where they lead.
 */
export function specialRange(address: Address): string | undefined {
  const range = address.range();
  if (range !== 'unicast') return range;
  if (address.kind() === 'ipv6' && !address.match(GLOBAL_UNICAST)) return 'reserved';
  return undefined;
}

/** Reads an address as written in a URL's host: IPv6 in brackets or not; undefined: it is a name. */
export function parseAddress(host: string): Address | undefined {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  // Four full parts only: what URL has normalised needs no shorthands such as 127.1, and a name is no number.
  return ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare)
    ? ipaddr.parse(bare)
    : undefined;
}
