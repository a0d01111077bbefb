import { asKubeObject, type KubeObject } from '../core/kube-object';

/** What the holes of a template are filled with: a text each, or a list whose every item makes an element of an array. */
export interface Values {
  readonly texts: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Objects rendered once, with holes where the values they were rendered with stood: one function each. */
export type ObjectTemplate = readonly ((values: Values) => KubeObject)[];

/** Around the name of a hole. No object holds it itself: JSON would escape it. */
const MARK = '\u0001';

const sharedTrees = new WeakSet<object>();

/** Whether a tree is one that many objects share and nobody can change, so that what is made of it may be kept. */
export const isShared = (tree: object): boolean => sharedTrees.has(tree);

/** Objects, and the values they were rendered with: one item a list. */
export interface Probe {
  readonly values: Values;
  readonly objects: readonly unknown[];
}

/**
 * A template of objects that were rendered twice, with values of which no two are alike. The values are taken out again:
 * what is left must be the same, so that nothing depends on a value otherwise than by carrying it. A value with a quote in
 * it is also missed where it stands inside another format, which would escape it. What has no hole is made once, frozen
 * and shared by all that is filled.
 *
 * @throws when the objects depend on a value in a way that no hole can stand for
 */
export function objectTemplate([one, other]: readonly [Probe, Probe]): ObjectTemplate {
  const texts = punch(one);
  if (texts.join('\n') !== punch(other).join('\n')) {
    throw new Error('objects depend on a value otherwise than by carrying it as it is, so no template stands for them');
  }
  const compiler = new Compiler(new Set(Object.keys(one.values.lists)));
  return texts.map((text) => compiler.object(asKubeObject(JSON.parse(text))));
}

/** Each object as JSON, with the name of its hole in the place of each value. */
function punch({ values: { texts, lists }, objects }: Probe): string[] {
  const items = Object.entries(lists).map(([name, [item]]) => [name, item ?? ''] as const);
  const holes = [...Object.entries(texts), ...items];
  return objects.map((object) =>
    holes.reduce(
      (text, [name, value]) => text.replaceAll(inJson(value), inJson(MARK + name + MARK)),
      JSON.stringify(object),
    ),
  );
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

type Fill<Value> = (values: Values) => Value;

/** Turns a tree with marks into functions that fill it. */
class Compiler {
  constructor(private readonly lists: ReadonlySet<string>) {}

  object({ apiVersion, kind, metadata, ...rest }: KubeObject): Fill<KubeObject> {
    const meta = this.fields(metadata);
    const name = this.text(metadata.name);
    const namespace = metadata.namespace === undefined ? undefined : this.text(metadata.namespace);
    const fields = this.fields(rest);
    return (values) => ({
      apiVersion,
      kind,
      metadata: {
        ...meta(values),
        // Said again for their types; a key keeps the place it first had.
        name: name(values),
        ...(namespace === undefined ? {} : { namespace: namespace(values) }),
      },
      ...fields(values),
    });
  }

  private fields(fields: object): Fill<Record<string, unknown>> {
    const parts = Object.entries(fields).map(([key, value]) => {
      if (key.includes(MARK)) throw new Error(`key '${key.replaceAll(MARK, '%')}' is a value, which no template fills`);
      return [key, this.value(value)] as const;
    });
    return (values) => {
      const filled: Record<string, unknown> = {};
      for (const [key, fill] of parts) filled[key] = fill(values);
      return filled;
    };
  }

  private value(value: unknown): Fill<unknown> {
    if (typeof value === 'string') return this.text(value);
    if (holesOf(value).length === 0) {
      const constant = share(value);
      return () => constant;
    }
    return Array.isArray(value) ? this.array(value) : this.fields(Object(value));
  }

  private array(items: readonly unknown[]): Fill<unknown[]> {
    const parts = items.map((item) => {
      const list = holesOf(item).find((name) => this.lists.has(name));
      return list === undefined ? { one: this.value(item) } : { list, each: this.withItemOf(list).value(item) };
    });
    return (values) =>
      parts.flatMap((part) =>
        part.one === undefined
          ? (values.lists[part.list] ?? []).map((item) =>
              part.each({ ...values, texts: { ...values.texts, [part.list]: item } }),
            )
          : [part.one(values)],
      );
  }

  /** Inside an element of a list, its item is a text like others. */
  private withItemOf(list: string): Compiler {
    return new Compiler(new Set([...this.lists].filter((name) => name !== list)));
  }

  private text(text: string): Fill<string> {
    const segments = text.split(MARK);
    if (segments.length === 1) return () => text;
    const list = segments.find((segment, index) => isName(index) && this.lists.has(segment));
    if (list !== undefined) throw new Error(`list '${list}' is filled in outside of an array, which no template does`);
    return ({ texts }) => segments.map((segment, index) => (isName(index) ? textOf(texts, segment) : segment)).join('');
  }
}

function textOf(texts: Values['texts'], name: string): string {
  const text = texts[name];
  if (text === undefined) throw new Error(`no value for '${name}'; a template takes those of its probes`);
  return text;
}

/** Every second segment between marks is the name of a hole. */
const isName = (index: number): boolean => index % 2 === 1;

function holesOf(value: unknown): string[] {
  const segments = JSON.stringify(value).split(inJson(MARK));
  return segments.filter((_, index) => isName(index));
}

function share<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(share);
    sharedTrees.add(Object.freeze(value));
  }
  return value;
}
