import ipaddr from 'ipaddr.js';
import { parseAddress, type Address } from './address-range.ts';

/** An operator's list of places, from EGRESS_ALLOW or EGRESS_DENY. */
export interface EgressList {
  hasHost(host: string): boolean;
  hasAddress(address: Address): boolean;
  /** Entries that are neither host nor address nor CIDR. */
  unreadable: string[];
}

const HOST = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
const NUMERIC = /^[\d.]+$/;

/** Reads host names (`*.example.com` takes the names below it), addresses and CIDRs. */
export function egressList(entries: readonly string[]): EgressList {
  const hosts = new Set<string>();
  const suffixes: string[] = [];
  const networks: [Address, number][] = [];
  const unreadable: string[] = [];
  for (const entry of entries) {
    const name = entry.toLowerCase();
    const address = parseAddress(name);
    if (ipaddr.isValidCIDR(name)) networks.push(ipaddr.parseCIDR(name));
    else if (address !== undefined) networks.push([address, address.kind() === 'ipv4' ? 32 : 128]);
    else if (!HOST.test(name) || NUMERIC.test(name)) unreadable.push(entry);
    else if (name.startsWith('*.')) suffixes.push(name.slice(1));
    else hosts.add(name);
  }
  return {
    hasHost: (host) => hosts.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
    hasAddress: (address) =>
      networks.some(([network, bits]) => network.kind() === address.kind() && address.match([network, bits])),
    unreadable,
  };
}
