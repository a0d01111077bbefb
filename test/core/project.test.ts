import { isReady, ProjectObject } from '../../core/project';

const condition = { type: 'Ready', reason: 'Provisioned', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };

function project(status: 'True' | 'False', deletionTimestamp?: string): ProjectObject {
  return ProjectObject.parse({
    metadata: { name: 'demo', deletionTimestamp },
    spec: { gerritName: 'demo' },
    status: { conditions: [{ ...condition, status }] },
  });
}

test('a project is ready when its Ready condition says so', () => {
  expect(isReady(project('True'))).toBe(true);
  expect(isReady(project('False'))).toBe(false);
});

test('a project that is being deleted is not ready, whatever its condition says', () => {
  expect(isReady(project('True', '2026-01-02T00:00:00Z'))).toBe(false);
});

test('a project without status is not ready', () => {
  expect(isReady(ProjectObject.parse({ metadata: { name: 'demo' }, spec: { gerritName: 'demo' } }))).toBe(false);
});
