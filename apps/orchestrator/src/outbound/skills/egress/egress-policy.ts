import { ConfigurationError } from '@aos/service-kit';
import ipaddr from 'ipaddr.js';
import { parseAddress, specialRange, type Address } from './address-range.ts';
import { egressList, type EgressList } from './egress-list.ts';

/** Which places skills may reach: the public internet, plus EGRESS_ALLOW, minus EGRESS_DENY, which always wins. */
export interface EgressPolicy {
  /** Why a host, as a URL has it, may not be asked for; undefined: as far as its name says, it may. */
  refusalOfHost(host: string): string | undefined;
  /** Why an address that `host` resolved to may not be connected to. */
  refusalOfAddress(host: string, address: string): string | undefined;
}

/** Names that lead to the machine itself (RFC 6761) or to the credentials a cloud gives it. */
const SPECIAL_NAMES = new Set([
  'localhost',
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Throws ConfigurationError where an entry cannot be read. */
export function egressPolicy(config: { EGRESS_ALLOW: string[]; EGRESS_DENY: string[] }): EgressPolicy {
  const allow = egressList(config.EGRESS_ALLOW);
  const deny = egressList(config.EGRESS_DENY);
  const problems = [...problemsOf('EGRESS_ALLOW', allow), ...problemsOf('EGRESS_DENY', deny)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    refusalOfHost: (written) => {
      const host = normalHost(written);
      const address = parseAddress(host);
      if (deny.hasHost(host)) return `${host} is denied by the operator`;
      if (address !== undefined) return refusal(host, address, { allow, deny });
      if (isSpecialName(host) && !allow.hasHost(host)) return `${host} is not on the public internet`;
      return undefined;
    },
    refusalOfAddress: (written, text) => refusal(normalHost(written), ipaddr.parse(text), { allow, deny }),
  };
}

function refusal(
  host: string,
  address: Address,
  { allow, deny }: { allow: EgressList; deny: EgressList },
): string | undefined {
  if (deny.hasAddress(address) || deny.hasAddress(embedded(address)))
    return `${host} is denied by the operator`;
  if (allow.hasAddress(address)) return undefined;
  const range = specialRange(address);
  if (range === undefined) return undefined;
  // An allowed name may lead into a private network, but not to the credentials of a cloud: those need their address allowed.
  if (allow.hasHost(host) && !isMetadata(address)) return undefined;
  return `${host} is not on the public internet (${range})`;
}

const AWS_METADATA_IPV6 = ipaddr.parseCIDR('fd00:ec2::/32');

function isMetadata(address: Address): boolean {
  const plain = embedded(address);
  return plain.range() === 'linkLocal' || (plain.kind() === 'ipv6' && plain.match(AWS_METADATA_IPV6));
}

/** The IPv4 address inside an IPv4-mapped one. */
function embedded(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function isSpecialName(host: string): boolean {
  return SPECIAL_NAMES.has(host) || host.endsWith('.localhost');
}

function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function problemsOf(variable: string, list: EgressList): string[] {
  return list.unreadable.map((entry) => `${variable}: ${entry} is no host name, address or CIDR`);
}
