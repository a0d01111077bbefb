import { BlockList, isIPv4, isIPv6 } from 'node:net';

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Whether the range `outer` holds all of `inner`. A text that is no range holds nothing and lies in nothing. */
export function containsRange(outer: string, inner: string): boolean {
  const [out, within] = [parseRange(outer), parseRange(inner)];
  if (out === undefined || within === undefined || out.family !== within.family || out.prefix > within.prefix) {
    return false;
  }
  const block = new BlockList();
  block.addSubnet(out.address, out.prefix, out.family);
  return block.check(within.address, within.family);
}

/** Whether two ranges share an address: then one holds the other. */
export const overlap = (one: string, other: string): boolean => containsRange(one, other) || containsRange(other, one);

function parseRange(cidr: string): Range | undefined {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const prefix = Number(digits);
  if (digits === '') return undefined;
  if (isIPv4(address) && prefix <= 32) return { address, prefix, family: 'ipv4' };
  return isIPv6(address) && prefix <= 128 ? { address, prefix, family: 'ipv6' } : undefined;
}
