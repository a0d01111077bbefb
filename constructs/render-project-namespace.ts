import type { KubeObject } from '../core/kube-object';
import { namespaceForProject } from '../core/project-name';
import type { NetworkConfig, StoreConfig } from '../core/service-config';
import { type ObjectTemplate, objectTemplate, type Values } from './object-template';
import {
  type BoundPeople,
  boundPeople,
  type NamespaceMembers,
  type ProjectNamespaceProps,
  synthesizeProjectNamespace,
} from './project-namespace';

/** Templates by what else they were rendered from, as JSON; gone with the configuration they belong to. */
const templates = new WeakMap<NetworkConfig, WeakMap<StoreConfig, Map<string, ObjectTemplate>>>();

/**
 * The objects of a project namespace as plain data, the namespace first; equal to `synthesizeProjectNamespace`, which is
 * asked only for the first project of each class and visibility. What projects have in common are the same frozen trees.
 * `network` and `store` must not be changed between calls.
 */
export function renderProjectNamespace(props: ProjectNamespaceProps): KubeObject[] {
  const { count, object } = projectRendering(props);
  return Array.from({ length: count }, (_, index) => object(index));
}

/** The same objects, each made when it is asked for: who compares one kind at a time needs few of them. */
export interface ProjectRendering {
  readonly count: number;
  /** The n-th, from 0; throws when there are not so many. */
  readonly object: (index: number) => KubeObject;
}

/** What `renderProjectNamespace` gives, object by object. */
export function projectRendering(props: ProjectNamespaceProps): ProjectRendering {
  const { project, projectClass, network, store, retiring } = props;
  const { gerritName, owners: _owners, contributors: _contributors, ...rest } = project;
  const byStore = memo(templates, network, () => new WeakMap());
  const byClass = memo(byStore, store, () => new Map());
  const template = memo(byClass, JSON.stringify([rest, projectClass, retiring !== undefined]), () => {
    const synthesize = ({ gerritName, since, ...people }: Filling) =>
      synthesizeProjectNamespace({
        project: { ...rest, gerritName, owners: [], contributors: [] },
        members: people,
        projectClass,
        network,
        store,
        ...(retiring === undefined ? {} : { retiring: since }),
      });
    return peopleTemplate(synthesize);
  });
  const values = valuesOf({ gerritName, since: retiring ?? '', ...boundPeople(props) });
  return {
    count: template.length,
    object: (index) => {
      const fill = template[index];
      if (fill === undefined)
        throw new Error(`a project namespace has ${template.length} objects, none is number ${index}`);
      return fill(values);
    },
  };
}

/** What projects of one class and visibility differ in. */
interface Filling extends NamespaceMembers {
  readonly gerritName: string;
  /** Since when it is retiring; empty when it is not, and then in no object. */
  readonly since: string;
}

function peopleTemplate(synthesize: (filling: Filling) => unknown[]): ObjectTemplate {
  const probe = (name: string): Filling => ({
    gerritName: `Probe"${name}/A.b`,
    since: `since"${name}`,
    owners: [`owner"${name}`],
    contributors: [`contributor"${name}`],
    ownerGroups: [`owner-group"${name}`],
    contributorGroups: [`contributor-group"${name}`],
  });
  const rendered = (filling: Filling) => ({ values: valuesOf(filling), objects: synthesize(filling) });
  return objectTemplate([rendered(probe('one')), rendered(probe('another'))]);
}

function valuesOf({ gerritName, since, ...lists }: Omit<Filling, keyof NamespaceMembers> & BoundPeople): Values {
  return { texts: { gerritName, namespace: namespaceForProject(gerritName), since }, lists: { ...lists } };
}

interface Memory<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

function memo<Key, Value>(memory: Memory<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
