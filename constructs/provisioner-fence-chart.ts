import { type App, Chart } from 'cdk8s';
import { ServiceAccounts } from '../core/access';
import { Label } from '../core/labels';
import { PROJECT_API, ProjectOrigin, ProvisionerObject } from '../core/project';
import { AdmissionPolicy, userName } from './admission-policy';

/** What it may write in its own namespace, beside the guard: what it noted of projects that served themselves. */
const KEEPS_RECORDS = [
  "request.operation != 'DELETE'",
  "request.resource.resource == 'configmaps'",
  `request.namespace == '${ServiceAccounts.provisioner.namespace}'`,
  `request.name.startsWith('${ProvisionerObject.recordsPrefix}')`,
].join(' && ');
const IS_PROJECT = `request.resource.group == '${PROJECT_API.group}'`;

const LETS_THE_GUARD_GO = [
  "request.operation == 'UPDATE'",
  "request.resource.resource == 'configmaps'",
  `request.namespace == '${ServiceAccounts.provisioner.namespace}'`,
  `request.name == '${ProvisionerObject.guard}'`,
].join(' && ');

/**
 * Admission that keeps the provisioner inside `ci-*`: its ClusterRole has to say "every namespace", for a rule cannot
 * say "namespaces you make", so a stolen token would otherwise reach the system's own.
 */
export class ProvisionerFenceChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);

    new AdmissionPolicy(this, 'Fence', {
      name: 'seakeeper-provisioner-fence',
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: [
        {
          apiGroups: [''],
          resources: ['namespaces', 'serviceaccounts', 'resourcequotas', 'limitranges', 'configmaps', 'secrets'],
        },
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'] },
        { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
        { apiGroups: ['argoproj.io'], resources: ['workflows'] },
        { apiGroups: [PROJECT_API.group], resources: [PROJECT_API.plural] },
      ],
      when: { 'by-the-provisioner': `request.userInfo.username == '${userName(ServiceAccounts.provisioner)}'` },
      validations: [
        {
          expression: `${IS_PROJECT} || (request.resource.resource == 'namespaces' ? request.name : request.namespace).startsWith('ci-') || (${LETS_THE_GUARD_GO}) || (${KEEPS_RECORDS})`,
          message: "the provisioner works in namespaces whose name begins with 'ci-' only",
        },
        {
          expression: `request.resource.resource != 'namespaces' || request.operation != 'DELETE' || (has(oldObject.metadata.labels) && '${Label.purpose}' in oldObject.metadata.labels && oldObject.metadata.labels['${Label.purpose}'] == 'project')`,
          message: `the provisioner deletes namespaces labelled ${Label.purpose}=project only`,
        },
        {
          expression:
            "request.resource.resource != 'secrets' || request.operation == 'DELETE' || object.type == 'Opaque'",
          message: 'the provisioner makes Opaque Secrets only: never a token of an account',
        },
        {
          expression: `!(${IS_PROJECT}) || request.operation == 'DELETE' || (has(object.metadata.labels) && '${Label.origin}' in object.metadata.labels && object.metadata.labels['${Label.origin}'] == '${ProjectOrigin.selfServe}') || (request.operation == 'UPDATE' && object.spec == oldObject.spec)`,
          message: `the provisioner makes and changes Projects labelled ${Label.origin}=${ProjectOrigin.selfServe} only`,
        },
      ],
    });
  }
}
