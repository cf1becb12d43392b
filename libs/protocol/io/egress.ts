import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Whom this process may connect to. Other people's texts name hosts (entity ids, endpoints), so that the address decides,
 * never the name: by default the public internet alone.
 */
export interface Egress {
  /** Also this machine, for a federation whose anchor is on loopback. */
  readonly loopback: boolean;
  /** Private networks that the operator opens, as `10.20.0.0/16` or `fd00:20::/32`. */
  readonly networks: readonly string[];
}

export const PUBLIC_ONLY: Egress = { loopback: false, networks: [] };
export const LOOPBACK_TOO: Egress = { loopback: true, networks: [] };
/** For a person's own command line, whose node may stand in the office; addresses of the machine's own link stay out. */
export const OFFICE_TOO: Egress = {
  loopback: true,
  networks: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** IANA special-purpose address registries: nothing here is a host of the public internet. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** All of IPv6 but 2000::/3, and what inside it is no host or hides an IPv4 address (Teredo, 6to4). */
const SPECIAL_V6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** @throws TypeError where a text is no network */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = '', ...rest] = network.split('/');
    const family = isIP(address);
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
    if (family === 0 || rest.length > 0 || !(bits <= (family === 4 ? 32 : 128))) {
      throw new TypeError(`\`${network.slice(0, 64)}\` is no network, as in 10.20.0.0/16`);
    }
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

// Two lists: in one, `::/3` would take in every IPv4 address, because Node reads those as mapped.
const special = { ipv4: networkList(SPECIAL_V4), ipv6: networkList(SPECIAL_V6) };
const loopback = networkList(LOOPBACK);

/** Decides on addresses, as `net` and DNS spell them; an IPv4 address in IPv6 clothes is the IPv4 address (W11). */
export function egressRule(egress: Egress): (address: string) => boolean {
  const opened = networkList(egress.networks);
  return (address) => {
    const plain = unmapped(address);
    const family = isIP(plain);
    if (family === 0) return false;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (opened.check(plain, type) || (egress.loopback && loopback.check(plain, type))) return true;
    return !special[type].check(plain, type);
  };
}

/** `::ffff:7f00:1` and `::ffff:127.0.0.1` are 127.0.0.1; so says the URL parser's own spelling of an IPv6 host. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const host = new URL(`http://[${address.split('%')[0] ?? ''}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** An address that the rule refuses; the caller learns that nothing was reached, and not what the name leads to. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

/** All addresses of a name, in the manner of `dns.lookup`. */
export type ResolveName = (
  name: string,
  options: LookupAllOptions,
  callback: (error: Error | null, found: LookupAddress[]) => void,
) => void;

/**
 * A look-up for `net.connect`: the connection goes to the very addresses that were checked here, so that a name which
 * answers otherwise the second time gains nothing (DNS rebinding, W11). One refused address refuses the name.
 */
export function guardedLookup(allows: (address: string) => boolean, resolve: ResolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null) callback(error, []);
      else if (first === undefined || !found.every(({ address }) => allows(address))) {
        callback(new EgressRefused('an address that is not reached from here'), []);
      } else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

/** A host that is an address is never looked up: it is checked as it stands. `undefined` for a name. */
export function addressIn(url: string): string | undefined {
  const { hostname } = new URL(url);
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(host) === 0 ? undefined : host;
}
