import { Random } from '../../scenarios/event-path/random';

/** What of the running system is hit. */
export const COMPONENTS = [
  'gateway',
  'event-source',
  'sensor',
  'nats',
  'trigger',
  'reporter',
  'api-server',
  'gerrit',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** One thing that goes wrong with one component. */
export type Fault = { readonly component: Component } & (
  | { readonly kind: 'kill' }
  /** It stands still for a while with every connection open: nobody reads what the others send. */
  | { readonly kind: 'freeze'; readonly forMs: number }
  /** Nothing passes any more on the connections it has to a port, and neither end is told; new ones work. */
  | { readonly kind: 'half-open'; readonly toPort: number }
);

/** What can go wrong at one moment, each component once, in the order in which they are asked whether they are ready. */
export type PlannedFault = readonly Fault[];

/** Time between two faults. */
export const FAULT_EVERY_MS = 5_000;
/** Shorter than what any probe forgives, so that it goes on as it was. */
const FREEZE_MS = { least: 1_500, most: 8_000 };

/** Ports to which a component keeps a connection for long. */
export type LongConnections = Readonly<Partial<Record<Component, readonly number[]>>>;

export interface FaultPlanOptions {
  /** Equal seeds make equal plans. */
  readonly seed: number;
  readonly count: number;
  readonly connections: LongConnections;
}

/** Faults at random, from a seed alone. */
export function planFaults({ seed, count, connections }: FaultPlanOptions): readonly PlannedFault[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    shuffled(COMPONENTS, random).map((component) => faultOf(component, connections[component] ?? [], random)),
  );
}

/** The fault that happens: that of the first component which is ready, since one that has not come back shows nothing new. */
export function chooseFault(planned: PlannedFault, ready: ReadonlySet<Component>): Fault | undefined {
  return planned.find(({ component }) => ready.has(component));
}

function faultOf(component: Component, ports: readonly number[], random: Random): Fault {
  // Half of all faults kill; the numbers are drawn whatever becomes of them, so that one port more changes one fault only.
  const [dice, forMs, port] = [
    random.next(),
    random.between(FREEZE_MS.least, FREEZE_MS.most),
    random.between(0, Number.MAX_SAFE_INTEGER),
  ];
  const toPort = ports[port % ports.length];
  if (dice < 0.5) {
    return { component, kind: 'kill' };
  }
  return dice < 0.75 && toPort !== undefined
    ? { component, kind: 'half-open', toPort }
    : { component, kind: 'freeze', forMs };
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
