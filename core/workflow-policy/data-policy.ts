import { PARAMETER_NAMES } from '../definition-parameters';
import { CacheOwner, cacheKey, cacheKeyPattern } from '../run-cache';
import { Limit } from './limits';
import {
  allow,
  byTrigger,
  deny,
  denySince4,
  each,
  type FieldPolicy,
  limit,
  list,
  object,
  type PolicyTable,
  strip,
  type TypePolicy,
} from './policy';
import { atMost, between, Rules } from './rules';

const PARAMETERS = limit(list(object('Parameter')), 'parameters of one place', atMost(Limit.parameters));
const artifacts = (type: string) => limit(list(object(type)), 'artifacts of one place', atMost(Limit.artifacts));
const ARTIFACTS = artifacts('Artifact');
const OWN_PLACE = deny('artifacts go to the project’s own place in the store');
const GLOBAL_NAME = limit('string', 'a name in the whole run', Rules.argoName);

/** What artifacts have alike, whether they are read or written. */
const ARTIFACT: Readonly<Record<string, FieldPolicy>> = {
  archive: allow(object('ArchiveStrategy')),
  archiveLogs: strip('logs are always archived'),
  artifactGC: deny('artifacts are kept for the bucket’s retention'),
  deleted: strip('it is what became of an artifact'),
  from: limit('string', 'it passes on what a step wrote', {
    kind: 'pattern',
    pattern: '^\\{\\{[^{}=]{1,200}\\}\\}$',
    means: 'one reference such as {{tasks.checkout.outputs.artifacts.source}}',
  }),
  fromExpression: deny('name the artifact by from'),
  globalName: GLOBAL_NAME,
  mode: limit('integer', 'no setuid bits', between(0, 0o777)),
  name: limit('string', 'names an artifact', Rules.argoName),
  optional: allow('boolean'),
  path: limit('string', 'the executor reads and writes it', Rules.containerPath, Rules.outsideArgo),
  plugin: denySince4('artifacts go to the project’s own place in the store'),
  raw: allow(object('RawArtifact')),
  recurseMode: allow('boolean'),
  subPath: limit('string', 'it stays inside the artifact', Rules.relativePath),
  git: deny('check the change out by templateRef seakeeper-checkout, or clone in a container'),
  http: deny('fetch it in a container'),
  ...each(['artifactory', 'azure', 'gcs', 'hdfs', 'oss'], OWN_PLACE),
};

/** A cache in the store, by nothing but its key: bucket and credentials are the project's own. */
function cacheOf(reason: string, ...owners: readonly CacheOwner[]): TypePolicy {
  return {
    schema: 'S3Artifact',
    required: ['key'],
    fields: {
      key: limit(
        'string',
        reason,
        { kind: 'max-bytes', max: 500 },
        {
          kind: 'pattern',
          pattern: cacheKeyPattern(...owners),
          means: owners.map((owner) => cacheKey(owner, 'NAME')).join(' or '),
        },
        Rules.relativePath,
      ),
      ...each(
        [
          'accessKeySecret',
          'bucket',
          'caSecret',
          'createBucketIfNotPresent',
          'encryptionOptions',
          'endpoint',
          'insecure',
          'region',
          'roleARN',
          'secretKeySecret',
          'sessionTokenSecret',
          'useSDKCreds',
        ],
        OWN_PLACE,
      ),
    },
  };
}

/** Parameters and artifacts. */
export const DATA_POLICY: PolicyTable = {
  WorkflowArguments: {
    schema: 'Arguments',
    fields: {
      artifacts: deny('a run begins with parameters only; make artifacts in a step'),
      parameters: byTrigger(
        PARAMETERS,
        list(object('Parameter')),
        // Its own beside the definition's.
        atMost(Limit.parameters + PARAMETER_NAMES.length),
      ),
    },
  },
  Arguments: { schema: 'Arguments', fields: { artifacts: ARTIFACTS, parameters: PARAMETERS } },
  Inputs: { schema: 'Inputs', fields: { artifacts: ARTIFACTS, parameters: PARAMETERS } },
  Outputs: {
    schema: 'Outputs',
    fields: {
      artifacts: artifacts('OutputArtifact'),
      exitCode: strip('it is what a step came to'),
      parameters: PARAMETERS,
      result: strip('it is what a step came to'),
    },
  },
  Parameter: {
    schema: 'Parameter',
    required: ['name'],
    fields: {
      default: limit('scalar', 'a parameter is short', Rules.text),
      description: limit('string', 'a parameter is short', { kind: 'max-bytes', max: 1_000 }, { kind: 'no-template' }),
      enum: limit(list('scalar'), 'a parameter is short', atMost(Limit.parameters)),
      globalName: GLOBAL_NAME,
      name: limit('string', 'names a parameter', Rules.argoName),
      value: limit('scalar', 'a parameter is short', Rules.text),
      valueFrom: allow(object('ValueFrom')),
    },
  },
  ValueFrom: {
    schema: 'ValueFrom',
    fields: {
      configMapKeyRef: deny('a project declares no ConfigMaps'),
      default: limit('scalar', 'a parameter is short', Rules.text),
      event: deny('runs are started by Gerrit’s events only'),
      expression: deny('pass a value by reference instead'),
      jqFilter: deny('it belongs to templates that are refused'),
      jsonPath: deny('it belongs to templates that are refused'),
      parameter: limit('string', 'it passes on what a step wrote', {
        kind: 'pattern',
        pattern: '^\\{\\{[^{}=]{1,200}\\}\\}$',
        means: 'one reference such as {{steps.build.outputs.result}}',
      }),
      path: limit('string', 'the executor reads it', Rules.containerPath, Rules.outsideArgo),
      supplied: deny('nobody supplies values to a run'),
    },
  },
  Artifact: { schema: 'Artifact', required: ['name'], fields: { ...ARTIFACT, s3: allow(object('CacheToRead')) } },
  OutputArtifact: {
    schema: 'Artifact',
    required: ['name'],
    fields: { ...ARTIFACT, s3: allow(object('CacheToWrite')) },
  },
  CacheToRead: cacheOf(
    'the only fixed keys are those of caches, and a run of reviewed code reads none of unreviewed code',
    CacheOwner.self,
    CacheOwner.reviewed,
  ),
  CacheToWrite: cacheOf('a run of unreviewed code could write what a later run trusts', CacheOwner.self),
  RawArtifact: {
    schema: 'RawArtifact',
    required: ['data'],
    fields: { data: limit('string', 'a raw artifact is part of the Workflow', Rules.text, { kind: 'no-template' }) },
  },
  ArchiveStrategy: {
    schema: 'ArchiveStrategy',
    fields: { none: allow('empty'), tar: allow(object('TarStrategy')), zip: allow('empty') },
  },
  TarStrategy: {
    schema: 'TarStrategy',
    fields: { compressionLevel: limit('integer', 'as gzip knows it', between(-1, 9)) },
  },
};
