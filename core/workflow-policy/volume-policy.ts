import { Limit } from './limits';
import { allow, deny, each, limit, list, map, object, type PolicyTable, strip } from './policy';
import { atMost, between, only, Rules } from './rules';

const OUTSIDE = deny('a step’s disks are its own: emptyDir, or a claim under volumeClaimTemplates');

export const VOLUME_POLICY: PolicyTable = {
  Volume: {
    schema: 'Volume',
    required: ['name'],
    fields: {
      name: limit('string', 'names a volume', Rules.dnsLabel),
      emptyDir: allow(object('EmptyDir')),
      downwardAPI: allow(object('DownwardApi')),
      ...each(['configMap', 'secret'], deny('a project declares no ConfigMaps or Secrets')),
      projected: deny('it can mount tokens of the pod’s account'),
      persistentVolumeClaim: deny('a run uses claims that it makes itself, under volumeClaimTemplates'),
      ...each(
        [
          'awsElasticBlockStore',
          'azureDisk',
          'azureFile',
          'cephfs',
          'cinder',
          'csi',
          'ephemeral',
          'fc',
          'flexVolume',
          'flocker',
          'gcePersistentDisk',
          'gitRepo',
          'glusterfs',
          'hostPath',
          'image',
          'iscsi',
          'nfs',
          'photonPersistentDisk',
          'portworxVolume',
          'quobyte',
          'rbd',
          'scaleIO',
          'storageos',
          'vsphereVolume',
        ],
        OUTSIDE,
      ),
    },
  },
  EmptyDir: {
    schema: 'EmptyDirVolumeSource',
    required: ['sizeLimit'],
    fields: {
      medium: limit('string', 'disk or memory', only('', 'Memory')),
      sizeLimit: limit('quantity', 'scratch space is the node’s disk', {
        kind: 'max-quantity',
        max: Limit.scratchSize,
      }),
    },
  },
  DownwardApi: {
    schema: 'DownwardAPIVolumeSource',
    fields: {
      defaultMode: limit('integer', 'no setuid bits', between(0, 0o777)),
      items: limit(list(object('DownwardApiFile')), 'files of a volume', atMost(20)),
    },
  },
  DownwardApiFile: {
    schema: 'DownwardAPIVolumeFile',
    required: ['path'],
    fields: {
      fieldRef: allow(object('FieldRef')),
      mode: limit('integer', 'no setuid bits', between(0, 0o777)),
      path: limit('string', 'it stays inside the volume', Rules.relativePath),
      resourceFieldRef: deny('read it from the environment'),
    },
  },
  VolumeMount: {
    schema: 'VolumeMount',
    required: ['name', 'mountPath'],
    fields: {
      mountPath: limit('string', 'it would cover the executor’s files', Rules.containerPath, Rules.outsideArgo),
      mountPropagation: deny('mounts stay inside the container'),
      name: limit('string', 'it mounts a volume of the definition', { kind: 'volume-name' }),
      readOnly: allow('boolean'),
      recursiveReadOnly: deny('there are no mounts below one'),
      subPath: limit('string', 'it stays inside the volume', Rules.relativePath, { kind: 'no-template' }),
      subPathExpr: deny('write the path under subPath'),
    },
  },
  VolumeClaim: {
    schema: 'PersistentVolumeClaim',
    required: ['metadata', 'spec'],
    fields: {
      apiVersion: limit('string', 'a PersistentVolumeClaim', only('v1')),
      kind: limit('string', 'a PersistentVolumeClaim', only('PersistentVolumeClaim')),
      metadata: allow(object('ClaimMetadata')),
      spec: allow(object('VolumeClaimSpec')),
      status: strip('status is written by the cluster'),
    },
  },
  VolumeClaimSpec: {
    schema: 'PersistentVolumeClaimSpec',
    required: ['accessModes', 'resources'],
    fields: {
      accessModes: limit(list('string'), 'a run’s claim is its own', {
        kind: 'each-one-of',
        values: ['ReadWriteOnce', 'ReadWriteOncePod'],
      }),
      resources: allow(object('VolumeResources')),
      volumeMode: limit('string', 'steps have files, not block devices', only('Filesystem')),
      ...each(
        ['dataSource', 'dataSourceRef', 'selector', 'storageClassName', 'volumeAttributesClassName', 'volumeName'],
        deny('a run’s claim begins empty and in the cluster’s default storage class'),
      ),
    },
  },
  VolumeResources: {
    schema: 'VolumeResourceRequirements',
    required: ['requests'],
    fields: {
      limits: deny('what is requested is what there is'),
      requests: limit(
        map('quantity'),
        'claims take disk from the whole project',
        { kind: 'keys', keep: '^storage$', refuse: '.*', means: 'storage' },
        { kind: 'max-quantity', max: Limit.volumeClaimSize },
      ),
    },
  },
};
