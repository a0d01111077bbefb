import { renderProjectNamespace } from '../../../../constructs/render-project-namespace';
import type { KubeObject } from '../../../../core/kube-object';
import { namespaceForProject, projectObjectName } from '../../../../core/project-name';
import type { KindName } from '../../../../services/provisioner/namespaces/kinds';
import { Observer } from '../../../../services/provisioner/namespaces/observer';
import { type Entry, ProjectTable } from '../../../../services/provisioner/namespaces/project-table';
import { DesiredRenderer } from '../../../../services/provisioner/namespaces/render-desired';
import { createLogger } from '../../../../services/shared/log';
import { classes, config } from '../fixtures';
import { project } from './situation';

const ID = projectObjectName('demo');
const NAMESPACE = namespaceForProject('demo');

/** An observer that knows project `demo`, and what it put into the queue. */
function start() {
  const table = new ProjectTable();
  const renderer = new DesiredRenderer(config);
  const queued: string[] = [];
  const observer = new Observer({
    table,
    renderer,
    log: createLogger('test'),
    enqueue: (id) => queued.push(id),
    quotaChanged: () => undefined,
  });
  const entry = table.at(ID);
  observer.setProject(entry, project(), true);
  const objects = renderProjectNamespace({
    project: project().spec,
    projectClass: classes.default,
    network: config.network,
    store: config.store,
  });
  /** Everything is there as rendered. */
  const settle = () => {
    for (const object of objects) see(observer, entry, object);
    queued.length = 0;
  };
  return { table, renderer, observer, entry, objects, queued, settle, all: (1n << BigInt(objects.length)) - 1n };
}

/** The API server names an object, as it has it. */
function see(observer: Observer, entry: Entry, object: KubeObject): void {
  const observed = JSON.parse(JSON.stringify(object));
  if (object.kind === 'Namespace') {
    observed.metadata.uid = 'uid-2';
    observer.setSpace(entry, observed);
  } else {
    observer.compare(entry, object.kind as KindName, observed);
  }
}

const count = (bits: bigint) => bits.toString(2).replaceAll('0', '').length;

describe('what is observed', () => {
  test('sets a bit for each object that is as rendered, and keeps none of them', () => {
    const { entry, all, settle, observer } = start();
    settle();

    expect(entry.synced).toBe(all);
    expect(entry.drifted).toBe(0n);
    expect(observer.extrasOf(ID)).toEqual([]);
  });

  test('is drift only where it was in sync before: the rest was never made', () => {
    const { entry, objects, observer, queued } = start();
    const quota = objects.find(({ kind }) => kind === 'ResourceQuota') ?? objects[0];
    const edited = { ...JSON.parse(JSON.stringify(quota)), spec: { hard: { pods: 999 } } };

    observer.compare(entry, 'ResourceQuota', edited);
    expect([entry.drifted, queued.at(-1)]).toEqual([0n, ID]);

    observer.compare(entry, 'ResourceQuota', JSON.parse(JSON.stringify(quota)));
    observer.compare(entry, 'ResourceQuota', edited);
    expect(count(entry.drifted)).toBe(1);
  });

  test('is found gone by a full list that does not name it', () => {
    const { entry, objects, observer, queued, settle } = start();
    settle();
    observer.beginUnseen('RoleBinding');
    for (const object of objects.filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name !== 'owners')) {
      see(observer, entry, object);
    }
    observer.endUnseen(entry, 'RoleBinding');

    expect(count(entry.drifted)).toBe(1);
    expect(queued).toContain(ID);
  });

  test('is no drift when the project itself asks for something else', () => {
    const { entry, all, observer, settle } = start();
    settle();
    observer.setProject(entry, { ...project({ spec: { owners: ['ada'] } }), generation: 2 }, false);

    expect(count(all & ~entry.synced)).toBe(1);
    expect(entry.drifted).toBe(0n);
  });

  test('with our label and of a kind that grants is too much, unless it is rendered', () => {
    const { entry, observer } = start();
    const stranger = { metadata: { name: 'mine-too', namespace: NAMESPACE } };
    observer.compare(entry, 'RoleBinding', stranger);
    observer.compare(entry, 'ConfigMap', stranger);

    expect(observer.extrasOf(ID)).toEqual([{ kind: 'RoleBinding', name: 'mine-too', namespace: NAMESPACE }]);
    observer.objectGone(entry, 'RoleBinding', 'mine-too');
    expect(observer.extrasOf(ID)).toEqual([]);
  });
});

describe('another configuration', () => {
  test('with another quota puts that out of sync, and nothing else', () => {
    const { entry, all, observer, renderer, settle } = start();
    settle();
    observer.reconfigure({ ...config, classes: { ...classes, default: { ...classes.default, pods: 11 } } });

    expect(all & ~entry.synced).toBe(renderer.bitsOf('ResourceQuota'));
    expect(entry.drifted).toBe(0n);
  });

  test('with a hole less in the fence takes its policy away, and moves the bits behind it', () => {
    const { entry, observer, renderer, settle } = start();
    settle();
    observer.reconfigure({ ...config, network: { ...config.network, holes: [] } });

    expect(observer.extrasOf(ID)).toEqual([{ kind: 'NetworkPolicy', name: 'egress-dns', namespace: NAMESPACE }]);
    expect(entry.synced).toBe(renderer.desired(entry)?.wanted);
  });
});

test('a Project that goes leaves an entry as long as its namespace is there', () => {
  const { table, entry, observer, settle } = start();
  settle();
  observer.setProject(entry, undefined, false);
  expect(table.get(ID)).toBe(entry);

  observer.setSpace(entry, undefined);
  expect(table.get(ID)).toBeUndefined();
});
