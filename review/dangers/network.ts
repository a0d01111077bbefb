import { at, fields, list, same, strings } from '../json';
import type { ObjectChange } from '../object-change';
import { type Danger, type DangerRule, danger } from './danger';
import { DIRECTIONS, type Direction, describeOpening, gainedOpenings, isolates, openingsOf } from './network-openings';

/** Policies of other makers, whose rules are not read here: each change of one is for a person to judge. */
const FOREIGN = /^(crd\.projectcalico\.org|projectcalico\.org|cilium\.io|policy\.networking\.k8s\.io)\//;

const WAYS = { Egress: 'out', Ingress: 'in' } as const satisfies Record<Direction, string>;

/** Openings that were not there: holes, ranges, ports, exceptions taken away, fences gone, services shown outside. */
export const findNetworkWidening: DangerRule = (change) => {
  if (change.kind === 'networking.k8s.io/NetworkPolicy') return policyDangers(change);
  if (change.kind === '/Service') return serviceDangers(change);
  if (change.kind === 'networking.k8s.io/Ingress' && change.before === undefined) {
    return [danger('network', change, 'is shown outside the cluster by an Ingress')];
  }
  return FOREIGN.test(change.kind)
    ? [danger('network', change, 'changes a network policy whose rules are not judged here: read its diff')]
    : [];
};

function policyDangers(change: ObjectChange): Danger[] {
  const { before, after } = change;
  const gone = DIRECTIONS.filter(
    (direction) =>
      before !== undefined && isolates(before, direction) && (after === undefined || !isolates(after, direction)),
  ).map((direction) => danger('network', change, `no longer shuts the way ${WAYS[direction]} of the pods it selects`));
  if (after === undefined) return gone;
  const opened = DIRECTIONS.flatMap((direction) =>
    gainedOpenings(openingsOf(before, direction), openingsOf(after, direction)).map((opening) =>
      danger('network', change, `lets pods ${WAYS[direction]}: ${describeOpening(opening)}`),
    ),
  );
  const [selected, selects] = [before, after].map((policy) => at(policy, 'spec', 'podSelector'));
  const reselects = before !== undefined && !same(selected ?? {}, selects ?? {});
  return [
    ...gone,
    ...opened,
    ...(reselects ? [danger('network', change, 'applies to other pods: its podSelector changes')] : []),
  ];
}

const OUTSIDE: readonly unknown[] = ['NodePort', 'LoadBalancer'];

function serviceDangers(change: ObjectChange): Danger[] {
  const { before, after } = change;
  if (after === undefined) return [];
  const type = at(after, 'spec', 'type');
  const known = strings(at(before, 'spec', 'externalIPs'));
  const addresses = strings(at(after, 'spec', 'externalIPs')).filter((address) => !known.includes(address));
  const had = nodePorts(before);
  const ports = nodePorts(after).filter((port) => !had.includes(port));
  return [
    ...(OUTSIDE.includes(type) && at(before, 'spec', 'type') !== type
      ? [danger('network', change, `is shown outside the cluster as ${String(type)}`)]
      : []),
    ...(before !== undefined && ports.length > 0 && OUTSIDE.includes(at(before, 'spec', 'type'))
      ? [danger('network', change, `is shown on another port of every node: ${ports.join(', ')}`)]
      : []),
    ...(addresses.length > 0 ? [danger('network', change, `takes traffic for ${addresses.join(', ')}`)] : []),
  ];
}

const nodePorts = (service: unknown): unknown[] =>
  list(at(service, 'spec', 'ports')).flatMap((port) => fields(port)['nodePort'] ?? []);
