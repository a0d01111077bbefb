/** Something that is made after the things it needs. */
export interface Ordered {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * The wanted items and all they need, each after its needs, otherwise in the order of `items`.
 *
 * @throws when a name is unknown or the needs form a circle
 */
export function inOrder<Item extends Ordered>(items: readonly Item[], wanted: readonly string[]): Item[] {
  const byName = new Map<string, Item>(items.map((item) => [item.name, item]));
  const done = new Set<string>();
  const ordered: Item[] = [];

  function visit(name: string, path: readonly string[]): void {
    if (done.has(name)) return;
    if (path.includes(name)) throw new Error(`parts need each other in a circle: ${[...path, name].join(' -> ')}`);
    const item = byName.get(name);
    if (item === undefined) throw new Error(`no part is called "${name}"; there are: ${[...byName.keys()].join(', ')}`);
    for (const need of item.needs) visit(need, [...path, name]);
    done.add(name);
    ordered.push(item);
  }

  const isWanted = new Set<string>(wanted);
  for (const name of wanted) if (!byName.has(name)) visit(name, []);
  for (const item of items) if (isWanted.has(item.name)) visit(item.name, []);
  return ordered;
}
