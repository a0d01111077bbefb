import type { PoolRequirement } from '../requirement';
import { CHART_CONFIG, type ChartSpec, COLOR, VEGA_LITE_SCHEMA } from './chart-style';

const KINDS = {
  executors: 'executors',
  system: 'CI system and add-ons',
  daemons: 'DaemonSets',
  reserved: 'kubelet and system reserve',
  free: 'left by packing',
  spare: 'node that may be down',
} as const;
const RANGE = [COLOR.blue, COLOR.purple, COLOR.orange, COLOR.grey, COLOR.light, '#f3d9cc'];

interface Part {
  readonly node: string;
  readonly resource: string;
  readonly kind: string;
  readonly share: number;
  readonly order: number;
}

/** How executors and other pods fit on the nodes of each pool: a bar a node, of its CPU and of its memory. */
export function packingChart(pools: readonly PoolRequirement[]): ChartSpec {
  const parts = pools.flatMap(partsOf);
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: 'How pods fit on the nodes',
      subtitle:
        'Parts of each machine, packed first-fit decreasing; the last node of each pool stands in for one that is down',
    },
    data: { values: parts },
    facet: { column: { field: 'resource', type: 'nominal', sort: ['CPU', 'memory'], header: { title: null } } },
    spacing: 28,
    spec: {
      width: 440,
      height: { step: 20 },
      mark: { type: 'bar', height: 14 },
      encoding: {
        y: {
          field: 'node',
          type: 'nominal',
          title: null,
          sort: null,
          axis: { labelLimit: 200, ticks: false, domain: false },
        },
        x: {
          field: 'share',
          type: 'quantitative',
          title: 'share of the machine',
          stack: 'zero',
          scale: { domain: [0, 1] },
          axis: { format: '.0%', tickCount: 5 },
        },
        color: {
          field: 'kind',
          type: 'nominal',
          title: null,
          scale: { domain: Object.values(KINDS), range: RANGE },
          legend: { columns: 3 },
        },
        order: { field: 'order', type: 'quantitative' },
      },
    },
  };
}

function partsOf(pool: PoolRequirement): Part[] {
  const node = (index: number) => `${pool.pool} ${index + 1}`;
  const packed = pool.packing.flatMap((packing, index) =>
    (['cpu', 'memory'] as const).flatMap((key) => machineParts(node(index), key, pool, packing)),
  );
  const spare = (['cpu', 'memory'] as const).map((key) => part(node(pool.packing.length), key, 'spare', 1));
  return [...packed, ...spare];
}

function machineParts(
  node: string,
  key: 'cpu' | 'memory',
  pool: PoolRequirement,
  { shares }: PoolRequirement['packing'][number],
): Part[] {
  const offered = 1 - pool.reserved.amount[key] / pool.nodes / pool.shape[key];
  const { DaemonSets, ...pods } = shares;
  const running = Object.values(pods).reduce((sum, share) => sum + share[key], 0) * offered;
  const daemons = (DaemonSets?.[key] ?? 0) * offered;
  return [
    part(node, key, pool.executors > 0 ? 'executors' : 'system', running),
    part(node, key, 'daemons', daemons),
    part(node, key, 'reserved', 1 - offered),
    part(node, key, 'free', Math.max(0, offered - running - daemons)),
  ];
}

const part = (node: string, key: 'cpu' | 'memory', kind: keyof typeof KINDS, share: number): Part => ({
  node,
  resource: key === 'cpu' ? 'CPU' : 'memory',
  kind: KINDS[kind],
  share: Math.round(share * 1e4) / 1e4,
  order: Object.keys(KINDS).indexOf(kind),
});
