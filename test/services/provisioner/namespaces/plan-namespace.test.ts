import { projectObjectName } from '../../../../core/project-name';
import type { Command, Situation } from '../../../../services/provisioner/namespaces/model-situation';
import { planNamespace } from '../../../../services/provisioner/namespaces/plan-namespace';
import { NOTHING_TOLD, NOW, project, situation, space, TOLD_READY } from './situation';

const kinds = (commands: readonly Command[]) => commands.map(({ kind }) => kind);

/** The condition of a type that is told. */
function told(of: Situation, type = 'Ready') {
  const tell = planNamespace(of).find((command) => command.kind === 'tell');
  return tell?.told.conditions.find((condition) => condition.type === type);
}

describe('a project whose namespace is as it should be', () => {
  test('asks for nothing', () => {
    expect(planNamespace(situation())).toEqual([]);
  });

  test('asks for nothing under a new leader who knows nothing of its store account yet', () => {
    expect(planNamespace(situation({ store: { kind: 'unknown' } }))).toEqual([]);
  });
});

describe('a project without a namespace', () => {
  const fresh = situation({
    project: project(),
    space: undefined,
    synced: 0n,
    hasKey: false,
    hasRootCertificate: false,
    store: { kind: 'unknown' },
  });

  test('gets the namespace before anything that is in it', () => {
    expect(planNamespace(fresh)).toEqual([{ kind: 'apply', bits: 0b1n }]);
  });

  test('then everything else at once, and its account at the store beside it', () => {
    expect(planNamespace({ ...fresh, space: space(), synced: 0b1n })).toEqual([
      { kind: 'open-store' },
      { kind: 'apply', bits: 0b1110n },
    ]);
  });

  test('is not ready before a pod can start in it, and says what is missing', () => {
    const made = { ...fresh, space: space(), synced: 0b1111n };

    expect(told(made)).toMatchObject({ status: 'False', reason: 'RootCertificateMissing' });
    expect(told({ ...made, hasRootCertificate: true })).toMatchObject({ status: 'False', reason: 'StoreNotReady' });
    expect(told({ ...made, hasRootCertificate: true, hasKey: true, store: { kind: 'open' } })).toMatchObject({
      status: 'True',
      reason: 'Provisioned',
      observedGeneration: 1,
    });
  });
});

describe('a store that is down', () => {
  const down = situation({
    project: project(),
    hasKey: false,
    store: { kind: 'failed', message: 'connect ECONNREFUSED' },
    synced: 0b0111n,
  });

  test('holds up no namespace', () => {
    expect(planNamespace(down)).toEqual([{ kind: 'apply', bits: 0b1000n }]);
  });

  test('is told in its own words, and asked again by its own queue', () => {
    expect(kinds(planNamespace({ ...down, synced: 0b1111n }))).toEqual(['tell']);
    expect(told({ ...down, synced: 0b1111n })?.message).toContain('connect ECONNREFUSED');
  });
});

describe('what is not as it should be', () => {
  test('is applied, and nothing else is', () => {
    expect(planNamespace(situation({ synced: 0b1011n }))).toEqual([{ kind: 'apply', bits: 0b0100n }]);
  });

  test('is left alone for a while when somebody keeps changing it', () => {
    expect(planNamespace(situation({ synced: 0b1011n, held: 0b0100n }))).toEqual([]);
  });

  test('is taken away when it carries our label, grants something, and was not asked for', () => {
    const extras = [{ kind: 'RoleBinding', name: 'mine-too', namespace: 'ci-demo' }];

    expect(planNamespace(situation({ extras }))).toEqual([{ kind: 'remove', objects: extras }]);
  });

  test('is told with what was changed; that it keeps happening is a condition of its own', () => {
    const drifted = situation({
      drift: { message: 'ResourceQuota/compute: .spec.hard.pods changed by kubectl-edit', at: NOW },
    });

    expect(told(drifted, 'Drifted')).toMatchObject({ status: 'True', reason: 'PutBack', observedGeneration: 1 });
    expect(told({ ...drifted, conflict: 'changed 3 times' }, 'Conflict')).toMatchObject({ status: 'True' });
    expect(told(drifted, 'Conflict')).toBeUndefined();
  });
});

describe('a Project that cannot be', () => {
  test('of a wrong name is refused with the right one, and makes nothing', () => {
    const wrong = situation({
      id: 'some-name',
      project: { ...project(), isRightlyNamed: false },
      space: undefined,
      synced: 0n,
    });

    expect(kinds(planNamespace(wrong))).toEqual(['tell']);
    expect(told(wrong)).toMatchObject({ status: 'False', reason: 'WrongName' });
    expect(told(wrong)?.message).toContain(projectObjectName('demo'));
  });

  test('of a class that is not configured is refused with those that are', () => {
    const unknown = situation({ project: project({ spec: { class: 'huge' } }), wanted: 0n, synced: 0n });

    expect(kinds(planNamespace(unknown))).toEqual(['tell']);
    expect(told(unknown)?.message).toContain('allowed are: default, large');
  });

  test('whose namespace somebody else made is refused, whatever is missing there', () => {
    const foreign = situation({ space: space({ ours: false, gerritName: undefined }), synced: 0n, hasKey: false });

    expect(kinds(planNamespace(foreign))).toEqual(['tell']);
    expect(told(foreign)).toMatchObject({ status: 'False', reason: 'NamespaceNotOurs' });
  });

  test('waits while its old namespace is being deleted', () => {
    expect(told(situation({ space: space({ terminating: true }), synced: 0n }))).toMatchObject({
      status: 'False',
      reason: 'NamespaceTerminating',
    });
  });
});

describe('a Project that comes back', () => {
  test('takes its namespace back: the mark goes with the next apply', () => {
    const back = situation({
      project: project({ told: NOTHING_TOLD }),
      space: space({ retiringSince: '2026-01-01T00:00:00.000Z' }),
      synced: 0b1100n,
    });

    expect(planNamespace(back)).toEqual([{ kind: 'apply', bits: 0b1n }]);
  });
});

test('a finalizer of an older version is taken off', () => {
  const old = situation({ project: project({ hasOldFinalizer: true, told: TOLD_READY }) });

  expect(planNamespace(old)).toEqual([{ kind: 'drop-finalizer' }]);
});
