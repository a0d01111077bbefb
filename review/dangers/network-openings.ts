import type { KubeObject } from '../../core/kube-object';
import { at, fields, list, same, sorted, strings } from '../json';
import { quoted } from '../quoted';
import { containsRange, overlap } from './cidr';

/** Ways through a NetworkPolicy. */
export type Direction = 'Ingress' | 'Egress';
export const DIRECTIONS: readonly Direction[] = ['Egress', 'Ingress'];

/** One peer and one port that a policy lets through; undefined: any. */
export interface Opening {
  readonly peer: unknown;
  readonly port: unknown;
}

/** Whether a policy shuts that way for the pods it selects, but for its openings. */
export function isolates(policy: KubeObject, direction: Direction): boolean {
  const types = at(policy, 'spec', 'policyTypes');
  // Absent: Ingress always, Egress when there are egress rules.
  if (types === undefined) return direction === 'Ingress' || at(policy, 'spec', 'egress') !== undefined;
  return strings(types).includes(direction);
}

/** Everything a policy lets through, peer by peer and port by port. */
export function openingsOf(policy: KubeObject | undefined, direction: Direction): Opening[] {
  const isEgress = direction === 'Egress';
  return list(at(policy, 'spec', isEgress ? 'egress' : 'ingress')).flatMap((rule) => {
    const peers = list(fields(rule)[isEgress ? 'to' : 'from']);
    const ports = list(fields(rule)['ports']);
    return (peers.length === 0 ? [undefined] : peers).flatMap((peer) =>
      (ports.length === 0 ? [undefined] : ports).map((port) => ({ peer, port })),
    );
  });
}

/** The openings of `after` that `before` does not include. What cannot be compared counts as new. */
export const gainedOpenings = (before: readonly Opening[], after: readonly Opening[]): Opening[] =>
  after.filter(({ peer, port }) => !before.some((had) => coversPeer(had.peer, peer) && coversPort(had.port, port)));

function coversPeer(had: unknown, peer: unknown): boolean {
  if (had === undefined || same(had, peer)) return true;
  const [outer, inner] = [fields(fields(had)['ipBlock']), fields(fields(peer)['ipBlock'])];
  const [range, inside] = [String(outer['cidr']), String(inner['cidr'])];
  if (!containsRange(range, inside)) return false;
  // What was shut must still be: each exception that touches the new range stays inside one of its own.
  const shut = strings(inner['except']);
  return strings(outer['except'])
    .filter((exception) => overlap(exception, inside))
    .every((exception) => shut.some((own) => containsRange(own, exception)));
}

function coversPort(had: unknown, port: unknown): boolean {
  if (had === undefined) return true;
  if (port === undefined) return false;
  const [outer, inner] = [fields(had), fields(port)];
  if ((outer['protocol'] ?? 'TCP') !== (inner['protocol'] ?? 'TCP')) return false;
  if (outer['port'] === undefined || outer['port'] === inner['port']) {
    return Number(inner['endPort'] ?? 0) <= Number(outer['endPort'] ?? 0) || outer['port'] === undefined;
  }
  const [from, to] = [Number(outer['port']), Number(outer['endPort'] ?? Number.NaN)];
  const [first, last] = [Number(inner['port']), Number(inner['endPort'] ?? inner['port'])];
  return first >= from && last <= to;
}

/** An opening as a sentence's part. */
export function describeOpening({ peer, port }: Opening): string {
  const { protocol = 'TCP', port: number, endPort } = fields(port);
  const range = endPort === undefined ? String(number) : `${String(number)}-${String(endPort)}`;
  const ports =
    port === undefined ? 'every port' : `${String(protocol)} ${number === undefined ? 'every port' : range}`;
  return `${describePeer(peer)}, ${ports}`;
}

function describePeer(peer: unknown): string {
  if (peer === undefined) return 'anywhere';
  const { cidr, except } = fields(fields(peer)['ipBlock']);
  if (typeof cidr !== 'string') return quoted(sorted(peer));
  const shut = strings(except);
  return `${quoted(cidr)}${shut.length === 0 ? '' : ` but for ${quoted(shut.join(', '))}`}`;
}
