import type { Construct } from 'constructs';
import { PriorityClass } from '../../core/access';
import { CRITICAL_ADDONS_TAINT, POOL_LABEL, POOL_TAINT, RunPool, UNASSIGNED } from '../../core/pool';
import { ProjectNames, RUNNER_SERVICE_ACCOUNTS } from '../../core/project';
import { AdmissionPolicy, type Validation } from '../admission-policy';
import { celList } from './cel-literal';
import { NOT_BY_ADMINISTRATORS, PROJECT_NAMESPACES } from './who';

/** Containers of Argo itself in a run's pod; they carry the project's key to the artifact store. */
const ARGO_CONTAINERS = ['init', 'wait', 'supervisor'];

/**
 * What Pod Security does not look at in the pods of a project: whose account, priority, room, names and files they have.
 * Nobody but the workflow-controller makes pods there; this holds if it is led astray.
 */
export function runPods(scope: Construct): void {
  new AdmissionPolicy(scope, 'RunPods', {
    name: 'seakeeper-run-pods',
    operations: ['CREATE'],
    resources: [{ apiGroups: [''], resources: ['pods'] }],
    namespaceLabels: PROJECT_NAMESPACES,
    when: NOT_BY_ADMINISTRATORS,
    variables: {
      class: "has(object.spec.priorityClassName) ? object.spec.priorityClassName : ''",
      account: "has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : ''",
      volumes: 'has(object.spec.volumes) ? object.spec.volumes : []',
      containers: 'object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])',
      keys: 'variables.volumes.filter(volume, has(volume.secret)).map(volume, volume.name)',
    },
    validations: [...whose(), ...where(), ...whatItReads()],
  });
  new AdmissionPolicy(scope, 'PodsStay', {
    name: 'seakeeper-run-pods-stay',
    operations: ['DELETE'],
    resources: [{ apiGroups: [''], resources: ['pods'] }],
    namespaceLabels: PROJECT_NAMESPACES,
    // Kubernetes and Argo delete pods that are done with, by accounts of many names; people have none that begins so.
    when: { ...NOT_BY_ADMINISTRATORS, 'by-people': "!request.userInfo.username.startsWith('system:')" },
    validations: [
      {
        expression: 'false',
        message:
          "pods of a run are Argo's to delete, and retry would delete them; comment 'recheck' on the change instead; stop, or resubmit, what was submitted by hand",
      },
    ],
  });
  new AdmissionPolicy(scope, 'DebugContainers', {
    name: 'seakeeper-no-debug-containers',
    operations: ['UPDATE'],
    resources: [{ apiGroups: [''], resources: ['pods/ephemeralcontainers'] }],
    namespaceLabels: PROJECT_NAMESPACES,
    when: NOT_BY_ADMINISTRATORS,
    validations: [
      {
        expression: 'false',
        message: 'nothing is added to a pod of a run; run the step again with more output instead',
      },
    ],
  });
}

const REVIEWED = `variables.account == '${RUNNER_SERVICE_ACCOUNTS['post-review']}'`;

function whose(): Validation[] {
  return [
    {
      expression: `variables.account in ${celList(Object.values(RUNNER_SERVICE_ACCOUNTS))}`,
      message: `pods of a project act as ${Object.values(RUNNER_SERVICE_ACCOUNTS).join(' or ')}; leave serviceAccountName out`,
    },
    {
      expression: `variables.class in ['', '${PriorityClass['pre-review']}'] || (variables.class == '${PriorityClass['post-review']}' && ${REVIEWED})`,
      message: `pods of a project have priority ${PriorityClass['pre-review']}, those of reviewed code ${PriorityClass['post-review']}; leave podPriorityClassName out`,
    },
  ];
}

function where(): Validation[] {
  const named = "has(toleration.key) && toleration.key != ''";
  const ofPool = `toleration.key == '${POOL_TAINT}'`;
  const exact = "(!has(toleration.operator) || toleration.operator == 'Equal') && has(toleration.value)";
  const gate = "toleration.value == 'gate'";
  const node = 'object.spec.affinity.nodeAffinity';
  const byPool = (term: string) =>
    `!has(${term}.matchFields) && has(${term}.matchExpressions) && ${term}.matchExpressions.all(item, item.key == '${POOL_LABEL}' && item.operator == 'In' && item.values.all(value, value in ${celList(RunPool.options)}))`;
  const required = `${node}.requiredDuringSchedulingIgnoredDuringExecution`;
  const preferred = `${node}.preferredDuringSchedulingIgnoredDuringExecution`;
  return [
    {
      expression: `!has(object.spec.tolerations) || object.spec.tolerations.all(toleration, ${named} && toleration.key != '${CRITICAL_ADDONS_TAINT}' && (!(${ofPool}) || (${exact} && toleration.value != '${UNASSIGNED}' && (!(${gate}) || ${REVIEWED}))))`,
      message:
        "pods of a project tolerate no system node, and nodes of pool gate only for reviewed code; leave tolerations out: a run's nodes follow from its pipeline",
    },
    {
      expression: [
        "(!has(object.spec.nodeName) || object.spec.nodeName == '')",
        '(!has(object.spec.nodeSelector) || size(object.spec.nodeSelector) == 0)',
        "(!has(object.spec.schedulerName) || object.spec.schedulerName == 'default-scheduler')",
      ].join(' && '),
      message:
        "pods of a project name no node and no scheduler; leave them out: a run's nodes follow from its pipeline",
    },
    {
      expression: `!has(object.spec.affinity) || (!has(object.spec.affinity.podAffinity) && !has(object.spec.affinity.podAntiAffinity) && (!has(${node}) || ((!has(${required}) || ${required}.nodeSelectorTerms.all(term, ${byPool('term')})) && (!has(${preferred}) || ${preferred}.all(one, ${byPool('one.preference')})))))`,
      message: "pods of a project are drawn to pools only; leave affinity out: a run's nodes follow from its pipeline",
    },
  ];
}

function whatItReads(): Validation[] {
  const noKeysFor = (containers: string) =>
    `${containers}.all(container, container.name in ${celList(ARGO_CONTAINERS)} || !has(container.volumeMounts) || container.volumeMounts.all(mount, !(mount.name in variables.keys)))`;
  return [
    {
      expression: [
        '(!has(object.spec.hostAliases) || size(object.spec.hostAliases) == 0)',
        '!has(object.spec.dnsConfig)',
        "(!has(object.spec.dnsPolicy) || object.spec.dnsPolicy == 'ClusterFirst')",
      ].join(' && '),
      message: 'names in pods of a project are resolved by the cluster; leave hostAliases, dnsConfig and dnsPolicy out',
    },
    {
      expression:
        '!has(object.spec.runtimeClassName) && (!has(object.spec.resourceClaims) || size(object.spec.resourceClaims) == 0)',
      message: 'runtimes and devices are handed out by administrators; leave runtimeClassName and resourceClaims out',
    },
    {
      expression: `variables.volumes.all(volume, !has(volume.configMap) && !has(volume.csi) && !has(volume.ephemeral) && !has(volume.image) && (!has(volume.secret) || volume.secret.secretName == '${ProjectNames.storeSecret}'))`,
      message: `pods of a project mount scratch space, claims of their run and, for Argo, Secret ${ProjectNames.storeSecret}; remove other volumes`,
    },
    {
      // What the API server itself adds to a pod that uses its account's token.
      expression:
        "variables.volumes.all(volume, !has(volume.projected) || (volume.name.startsWith('kube-api-access-') && volume.projected.sources.all(source, !has(source.secret) && !has(source.clusterTrustBundle) && (!has(source.serviceAccountToken) || !has(source.serviceAccountToken.audience) || source.serviceAccountToken.audience == ''))))",
      message:
        'pods of a project have the token of their account that every pod has, and no other; remove projected volumes',
    },
    {
      expression: noKeysFor('variables.containers'),
      message: "the project's key to the artifact store is for Argo's own containers; remove the mount",
    },
    {
      expression:
        'variables.containers.all(container, !has(container.envFrom) && (!has(container.env) || container.env.all(variable, !has(variable.valueFrom) || (!has(variable.valueFrom.secretKeyRef) && !has(variable.valueFrom.configMapKeyRef)))))',
      message: 'a project declares no Secrets or ConfigMaps; remove envFrom, secretKeyRef and configMapKeyRef',
    },
  ];
}
