import { z } from 'zod';
import { CERTIFICATES } from '../../../local/cluster/certificates';
import { clusterObjects } from '../../../local/cluster/cluster-objects';

const Subject = z.object({ kind: z.string(), name: z.string() });
const List = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
      subjects: z.array(Subject).optional(),
      rules: z.array(z.object({ resources: z.array(z.string()), verbs: z.array(z.string()) })).optional(),
      endpoints: z.array(z.object({ addresses: z.array(z.string()) })).optional(),
      spec: z.object({ clusterIP: z.string().optional() }).optional(),
    }),
  ),
});
const { items } = List.parse(clusterObjects());
const ofKind = (kind: string) => items.filter((item) => item.kind === kind);

test('rights are given only to users that have a certificate', () => {
  const users = ofKind('ClusterRoleBinding').flatMap(({ subjects = [] }) => subjects);
  const known = CERTIFICATES.map(({ commonName }) => commonName);

  expect(users.filter(({ kind, name }) => kind !== 'User' || !known.includes(name))).toEqual([]);
});

test('no part may read Secrets, and only the volume provisioner may write, and only volumes', () => {
  const rules = ofKind('ClusterRole').flatMap(({ rules = [] }) => rules);
  const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));

  expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets');
  expect(writing.map(({ resources }) => resources)).toEqual([['persistentvolumes']]);
});

test('a claim that names no class gets a local volume', () => {
  expect(ofKind('StorageClass')[0]?.metadata).toMatchObject({
    name: 'local',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  });
});

test('pods find DNS at the address the kubelet tells them, on the node', () => {
  expect(ofKind('Service')[0]?.spec?.clusterIP).toBe('10.96.0.10');
  expect(ofKind('EndpointSlice')[0]?.endpoints?.[0]?.addresses).toEqual(['10.250.0.2']);
});
