import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@aos/service-kit';
import * as fc from 'fast-check';
import { egressPolicy } from './egress-policy.ts';

const policy = (allow: string[] = [], deny: string[] = []) =>
  egressPolicy({ EGRESS_ALLOW: allow, EGRESS_DENY: deny });
const open = policy();
const hostOf = (url: string) => new URL(url).hostname;

const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00::1',
];

const SPECIAL = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1'],
  'link-local and metadata': ['169.254.0.1', '169.254.169.254', 'fe80::1', 'fd00:ec2::254'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
  'reserved and documentation': [
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    '100::1',
    '4000::1',
    'fec0::1',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:1.1.1.1',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::1',
  ],
};

describe('the egress policy', () => {
  it.each(PUBLIC)('lets skills reach %s', (address) => {
    expect(open.refusalOfAddress('example.com', address)).toBeUndefined();
    expect(open.refusalOfHost(address.includes(':') ? `[${address}]` : address)).toBeUndefined();
  });

  it.each(
    Object.entries(SPECIAL).flatMap(([kind, addresses]) => addresses.map((address) => [kind, address])),
  )('refuses %s: %s, written in the URL or found by its name', (_, address) => {
    expect(open.refusalOfAddress('example.com', address)).toContain('not on the public internet');
    expect(open.refusalOfHost(address.includes(':') ? `[${address}]` : address)).toBeDefined();
  });

  it.each([
    'http://0x7f.1/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://[::FFFF:127.0.0.1]/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127.0.0.1./',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://db.localhost/',
    'http://metadata.google.internal./computeMetadata',
    'http://instance-data/latest',
  ])('sees through the spelling of %s', (url) => {
    expect(open.refusalOfHost(hostOf(url))).toBeDefined();
  });

  it('refuses any IPv4 address that is not public in every IPv6 form that carries it', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const hidden = fc.constantFrom(
      (hex: string) => `::ffff:${hex}`,
      (hex: string) => `::${hex}`,
      (hex: string) => `64:ff9b::${hex}`,
      (hex: string) => `2002:${hex}::`,
      (hex: string) => `::ffff:0:${hex}`,
    );
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), hidden, ([a, b, c, d], wrap) => {
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        expect(open.refusalOfAddress('example.com', wrap(hex))).toBeDefined();
      }),
    );
  });

  it('agrees on an address however the URL spells it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(8, 10, 16), (number, radix) => {
        const prefix = { 8: '0', 10: '', 16: '0x' }[radix];
        const host = hostOf(`http://${prefix}${number.toString(radix)}/`);
        const dotted = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
        const byHost = open.refusalOfHost(host) !== undefined;
        expect(byHost).toBe(open.refusalOfAddress('x', dotted) !== undefined);
      }),
    );
  });

  it('allows private places by address, network or name', () => {
    const some = policy([
      '10.1.0.0/16',
      '127.0.0.1',
      'fd12::/16',
      'Vault.internal',
      '*.svc.local',
      'localhost',
    ]);
    expect(some.refusalOfAddress('x', '10.1.2.3')).toBeUndefined();
    expect(some.refusalOfAddress('x', '10.2.0.1')).toBeDefined();
    expect(some.refusalOfHost('127.0.0.1')).toBeUndefined();
    expect(some.refusalOfHost('127.0.0.2')).toBeDefined();
    expect(some.refusalOfHost('[fd12::1]')).toBeUndefined();
    expect(some.refusalOfAddress('vault.internal', '10.9.9.9')).toBeUndefined();
    expect(some.refusalOfAddress('api.svc.local', '10.9.9.9')).toBeUndefined();
    expect(some.refusalOfAddress('svc.local', '10.9.9.9')).toBeDefined();
    expect(some.refusalOfAddress('evilsvc.local', '10.9.9.9')).toBeDefined();
    expect(some.refusalOfHost('localhost')).toBeUndefined();
    expect(some.refusalOfAddress('localhost', '127.0.0.1')).toBeUndefined();
  });

  it('keeps the credentials of a cloud from an allowed name that leads there', () => {
    const named = policy(['vault.internal']);
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', 'fe80::1']) {
      expect(named.refusalOfAddress('vault.internal', address)).toBeDefined();
    }
    expect(policy(['169.254.169.254']).refusalOfHost('169.254.169.254')).toBeUndefined();
  });

  it('lets a denial win over everything', () => {
    const denied = policy(
      ['10.0.0.0/8', 'bad.example'],
      ['10.6.6.0/24', '1.1.1.1', 'bad.example', '*.evil.example'],
    );
    expect(denied.refusalOfHost('10.6.6.6')).toContain('denied');
    expect(denied.refusalOfHost('10.6.7.6')).toBeUndefined();
    expect(denied.refusalOfAddress('x', '1.1.1.1')).toContain('denied');
    expect(denied.refusalOfHost('BAD.example.')).toContain('denied');
    expect(denied.refusalOfHost('a.b.evil.example')).toContain('denied');
    expect(policy(['::ffff:0:0/96'], ['1.1.1.1']).refusalOfHost('[::ffff:1.1.1.1]')).toContain('denied');
  });

  it.each(['10.0.0.0/33', 'http://x', '1.2.3', 'a b', '10.0.0.0/-1', '*'])(
    'refuses to start with %s in a list',
    (entry) => {
      expect(() => policy([], [entry])).toThrow(ConfigurationError);
      expect(() => policy([], [entry])).toThrow('EGRESS_DENY');
    },
  );
});
