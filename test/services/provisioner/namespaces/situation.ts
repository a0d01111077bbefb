import { ProjectSpec } from '../../../../core/project';
import { projectObjectName } from '../../../../core/project-name';
import type { Situation } from '../../../../services/provisioner/namespaces/model-situation';
import type { ProjectFacts, SpaceFacts, Told } from '../../../../services/provisioner/namespaces/project-table';

export const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

export const NOTHING_TOLD: Told = { conditions: [] };

/** What a Project says whose namespace was ready a day ago. */
export const TOLD_READY: Told = {
  namespace: `ci-${projectObjectName('demo')}`,
  quotaUse: 'pods 0/10',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Provisioned',
      message: 'Workflows may run',
      lastTransitionTime: '2026-01-01T00:00:00.000Z',
      observedGeneration: 1,
    },
  ],
};

/** Project `demo`. */
export function project(
  overrides: Omit<Partial<ProjectFacts>, 'spec'> & { spec?: Partial<ProjectSpec> } = {},
): ProjectFacts {
  const spec = ProjectSpec.parse({ gerritName: 'demo', ...overrides.spec });
  return {
    uid: 'uid-1',
    generation: 1,
    members: undefined,
    membersOutcome: undefined,
    hasOldFinalizer: false,
    told: NOTHING_TOLD,
    ...overrides,
    isRightlyNamed: spec.gerritName === 'demo',
    spec,
  };
}

/** Its namespace, in use. */
export function space(overrides: Partial<SpaceFacts> = {}): SpaceFacts {
  return {
    uid: 'uid-2',
    ours: true,
    gerritName: 'demo',
    visibility: 'public',
    terminating: false,
    retiringSince: undefined,
    ...overrides,
  };
}

/** Project `demo` with a namespace of four objects, where nothing is left to do. */
export function situation(overrides: Partial<Situation> = {}): Situation {
  return {
    id: projectObjectName('demo'),
    project: project({ told: TOLD_READY }),
    space: space(),
    classes: ['default', 'large'],
    wanted: 0b1111n,
    synced: 0b1111n,
    held: 0n,
    extras: [],
    hasRootCertificate: true,
    hasKey: true,
    store: { kind: 'open' },
    quotaUse: 'pods 0/10',
    drift: undefined,
    conflict: undefined,
    running: undefined,
    retirement: { drainMs: 60 * MINUTE_MS, retentionMs: 14 * DAY_MS },
    now: NOW,
    ...overrides,
  };
}
