import * as pulumi from '@pulumi/pulumi';

/** A registration the program asked the engine for. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly provider: string | undefined;
  readonly custom: boolean;
  /** Type and name: unique in a stack. */
  readonly key: string;
  /** What must stand before it, and goes after it: its dependencies and its parent. */
  readonly needs: readonly string[];
}

/** Registrations of one run of a program, in the order they arrived. */
export interface Recording {
  readonly resources: readonly Registered[];
  readonly find: (name: string) => Registered;
  /** Names of everything a resource stands on, at any distance: none of it is deleted before the resource is. */
  readonly foundationsOf: (name: string) => ReadonlySet<string>;
}

/** Of a registration request, what the SDK's mocks do not pass on. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getDependenciesList(): string[];
}

/** Runs `define` against a recorder in the engine's place; a call to a provider throws. */
export async function record(
  define: () => unknown,
  options: { config?: Record<string, string>; secretKeys?: string[] } = {},
): Promise<Recording> {
  const resources: Registered[] = [];
  const needs = new Map<string, string[]>();
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, provider, custom }) {
        resources.push({ type, name, inputs, provider, custom: custom ?? true, key: '', needs: [] });
        return { id: `${name}-id`, state: inputs };
      },
      call({ token }) {
        throw new Error(`the program called ${token}`);
      },
    },
    'seakeeper',
    'test',
  );
  noteNeeds(needs);
  pulumi.runtime.setAllConfig(options.config ?? {}, options.secretKeys ?? []);
  await define();
  await pulumi.runtime.disconnect();
  const registered = resources.map((resource) => ({ ...resource, ...keyAndNeeds(resource, needs) }));
  const find = (name: string) => {
    const found = registered.find((resource) => resource.name === name);
    if (found === undefined) {
      throw new Error(`no resource ${name} among ${registered.map((resource) => resource.name).join(', ')}`);
    }
    return found;
  };
  return { resources: registered, find, foundationsOf: (name) => closure(find(name), registered) };
}

const key = (type: string, name: string) => `${type} ${name}`;
/** Type and name are the last parts of a URN; a child's type carries its parents' before it. */
const keyOfUrn = (urn: string) => {
  const [, , type = '', name = ''] = urn.replace('urn:pulumi:', '').split('::');
  return key(type.slice(type.lastIndexOf('$') + 1), name);
};

function noteNeeds(needs: Map<string, string[]>): void {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) {
    throw new Error('the mocks have no monitor');
  }
  const register = monitor.registerResource.bind(monitor) as (request: Request, ...rest: unknown[]) => unknown;
  const noting = (request: Request, ...rest: unknown[]) => {
    const before = [...request.getDependenciesList(), request.getParent()].filter((urn) => urn !== '');
    needs.set(key(request.getType(), request.getName()), before.map(keyOfUrn));
    return register(request, ...rest);
  };
  Object.assign(monitor, { registerResource: noting });
}

function keyAndNeeds({ type, name }: { type: string; name: string }, needs: ReadonlyMap<string, string[]>) {
  return { key: key(type, name), needs: needs.get(key(type, name)) ?? [] };
}

function closure(from: Registered, all: readonly Registered[]): ReadonlySet<string> {
  const byKey = new Map(all.map((resource) => [resource.key, resource]));
  const seen = new Set<string>();
  const pending = [...from.needs];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const resource = byKey.get(next);
    if (resource !== undefined && !seen.has(resource.name)) {
      seen.add(resource.name);
      pending.push(...resource.needs);
    }
  }
  return seen;
}
