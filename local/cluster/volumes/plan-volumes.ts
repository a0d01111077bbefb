import { z } from 'zod';
import { ADDRESS_PLAN } from '../address-plan';
import { STORAGE_CLASS, VOLUME_PROVISIONER } from '../cluster-objects';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** What is read of a PersistentVolumeClaim. */
export const Claim = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    storageClassName: z.string().optional(),
    accessModes: z.array(z.string()).default(['ReadWriteOnce']),
    volumeName: z.string().optional(),
    resources: z.object({ requests: z.object({ storage: z.string() }) }),
  }),
});
export type Claim = z.infer<typeof Claim>;

/** What is read of a PersistentVolume. */
export const Volume = z.object({
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ local: z.object({ path: z.string() }).optional() }),
  status: z.object({ phase: z.string().optional() }).default({}),
});
export type Volume = z.infer<typeof Volume>;

export type VolumeAction =
  | { readonly kind: 'create'; readonly claim: Claim; readonly name: string; readonly folder: string }
  | { readonly kind: 'delete'; readonly name: string; readonly folder: string };

/**
 * What must be done so that each claim whose pod has a node gets a volume, and each volume whose claim is gone goes
 * with its folder. Folders are names below the volumes' folder; a volume with any other path is never touched.
 */
export function planVolumes(claims: readonly Claim[], volumes: readonly Volume[]): VolumeAction[] {
  const existing = new Set(volumes.map((volume) => volume.metadata.name));
  const wanted = claims
    .filter((claim) => claim.spec.storageClassName === STORAGE_CLASS && claim.spec.volumeName === undefined)
    .filter((claim) => claim.metadata.annotations[SELECTED_NODE] === ADDRESS_PLAN.nodeName)
    .map((claim) => ({ claim, name: `pvc-${claim.metadata.uid}` }))
    .filter(({ name }) => !existing.has(name));
  const released = volumes
    .filter((volume) => volume.metadata.annotations[PROVISIONED_BY] === VOLUME_PROVISIONER)
    .filter((volume) => volume.status.phase === 'Released' || volume.status.phase === 'Failed');
  return [
    ...wanted.map(({ claim, name }) => ({ kind: 'create' as const, claim, name, folder: name })),
    ...released.map(({ metadata: { name } }) => ({ kind: 'delete' as const, name, folder: name })),
  ];
}

/** The PersistentVolume of a claim, its data at `path` on the node. */
export function renderVolume(name: string, claim: Claim, path: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [PROVISIONED_BY]: VOLUME_PROVISIONER } },
    spec: {
      storageClassName: STORAGE_CLASS,
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources.requests.storage },
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: claim.metadata.namespace,
        name: claim.metadata.name,
        uid: claim.metadata.uid,
      },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [ADDRESS_PLAN.nodeName] }],
            },
          ],
        },
      },
    },
  };
}
