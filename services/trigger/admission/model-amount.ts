/** What a namespace's ResourceQuota counts of runs, by the names it has there. */
export const RESOURCES = ['pods', 'requests.cpu', 'requests.memory', 'limits.memory'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Pods, cores and bytes. */
export type Amount = Readonly<Record<Resource, number>>;

const amount = (of: (resource: Resource) => number): Amount => ({
  pods: of('pods'),
  'requests.cpu': of('requests.cpu'),
  'requests.memory': of('requests.memory'),
  'limits.memory': of('limits.memory'),
});

export const NOTHING: Amount = amount(() => 0);

export const plus = (one: Amount, other: Amount): Amount => amount((resource) => one[resource] + other[resource]);
export const most = (one: Amount, other: Amount): Amount =>
  amount((resource) => Math.max(one[resource], other[resource]));
export const least = (one: Amount, other: Amount): Amount =>
  amount((resource) => Math.min(one[resource], other[resource]));
export const times = (one: Amount, count: number): Amount =>
  amount((resource) => (one[resource] === 0 ? 0 : one[resource] * count));
export const sumOf = (all: readonly Amount[]): Amount => all.reduce(plus, NOTHING);
export const mostOf = (all: readonly Amount[]): Amount => all.reduce(most, NOTHING);

/** Sums of quantities in floating point are a little off: a thousandth of a core, or of a byte, is no difference. */
const ALMOST_NOTHING = 1e-6;

/** The first resource of which there is less than asked for; undefined: it fits. What `hard` does not name is not limited. */
export function shortOf(asked: Amount, hard: Partial<Amount>): Resource | undefined {
  return RESOURCES.find((resource) => asked[resource] > (hard[resource] ?? Number.POSITIVE_INFINITY) + ALMOST_NOTHING);
}
