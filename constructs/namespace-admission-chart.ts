import { type App, Chart } from 'cdk8s';
import { ProjectRole, ServiceAccounts } from '../core/access';
import { Annotation, DOMAIN, Label } from '../core/labels';
import { RUNNER_SERVICE_ACCOUNTS } from '../core/project';
import { NAMESPACE_PREFIX } from '../core/project-name';
import { AdmissionPolicy } from './admission-policy';
import { celList } from './workflow-admission/cel-literal';
import {
  isBy,
  metadataMap,
  NOT_BY_ADMINISTRATORS,
  NOT_BY_KUBERNETES,
  PROJECT_NAMESPACES,
} from './workflow-admission/who';

const POD_SECURITY = 'pod-security.kubernetes.io/';
const PEOPLE: readonly string[] = [ProjectRole.owner, ProjectRole.contributor];

/** Whom a role of the system may be given to; runners are accounts of the namespace itself. */
const ACCOUNTS: Readonly<Partial<Record<ProjectRole, readonly { namespace: string; name: string }[]>>> = {
  [ProjectRole.trigger]: [ServiceAccounts.trigger],
  [ProjectRole.reporter]: [ServiceAccounts.reporter],
  [ProjectRole.workflowRunner]: [ServiceAccounts.workflowController],
  [ProjectRole.publicViewer]: [ServiceAccounts.argoServer, ServiceAccounts.status],
};

/**
 * Admission on what makes a namespace a project's: its name, its labels, its Pod Security, and who has which role in it.
 * All other policies of projects select namespaces by that label, so only the provisioner writes it, and only on
 * namespaces it made.
 */
export class NamespaceAdmissionChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);

    this.keepNamespaces();
    this.boundBindings();
  }

  private keepNamespaces(): void {
    const isProject = (object: string, labels: string) =>
      `(${object}.metadata.name.startsWith('${NAMESPACE_PREFIX}') || ('${Label.purpose}' in ${labels} && ${labels}['${Label.purpose}'] == 'project'))`;
    const label = (labels: string, name: string, value: string) =>
      `'${name}' in ${labels} && ${labels}['${name}'] == '${value}'`;
    const same = (a: string, b: string, name: string) =>
      `('${name}' in ${a}) == ('${name}' in ${b}) && (!('${name}' in ${a}) || ${a}['${name}'] == ${b}['${name}'])`;
    new AdmissionPolicy(this, 'Namespaces', {
      name: 'seakeeper-namespaces',
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: [{ apiGroups: [''], resources: ['namespaces'] }],
      when: { ...NOT_BY_ADMINISTRATORS, ...NOT_BY_KUBERNETES },
      variables: {
        byProvisioner: isBy(ServiceAccounts.provisioner),
        labels: `object == null ? {} : (${metadataMap('object', 'labels')})`,
        before: `oldObject == null ? {} : (${metadataMap('oldObject', 'labels')})`,
        notes: `object == null ? {} : (${metadataMap('object', 'annotations')})`,
        notesBefore: `oldObject == null ? {} : (${metadataMap('oldObject', 'annotations')})`,
        ofProject: `(object != null && ${isProject('object', 'variables.labels')}) || (oldObject != null && ${isProject('oldObject', 'variables.before')})`,
      },
      validations: [
        {
          // Metadata that others keep there, such as a cost centre, is theirs.
          expression: `variables.byProvisioner || !variables.ofProject || (request.operation == 'UPDATE' && variables.labels.all(key, !(${ofOurs('key')}) || (key in variables.before && variables.before[key] == variables.labels[key])) && variables.before.all(key, !(${ofOurs('key')}) || key in variables.labels) && ${same('variables.notes', 'variables.notesBefore', Annotation.project)})`,
          message: `namespaces ${NAMESPACE_PREFIX}…, their Pod Security and our labels on them are made, changed and deleted by the provisioner only; ask for a Project`,
        },
        {
          expression: `!variables.byProvisioner || request.operation == 'DELETE' || (${label('variables.labels', Label.purpose, 'project')} && ${label('variables.labels', `${POD_SECURITY}enforce`, 'restricted')} && '${Annotation.project}' in variables.notes)`,
          message: `the provisioner keeps namespaces labelled ${Label.purpose}=project under Pod Security restricted only, with the name of their project`,
        },
        {
          expression: `!variables.byProvisioner || oldObject == null || (${label('variables.before', Label.purpose, 'project')} && (object == null || ${same('variables.notes', 'variables.notesBefore', Annotation.project)}))`,
          message: 'the provisioner adopts no namespace that it did not make, and gives none to another project',
        },
      ],
    });
  }

  private boundBindings(): void {
    const accounts = Object.entries(ACCOUNTS).flatMap(([role, allowed]) =>
      allowed.map(({ namespace, name }) => `${role}/${namespace}/${name}`),
    );
    const person = `variables.role in ${celList(PEOPLE)} && !subject.name.startsWith('system:')`;
    const runner = `variables.role == '${ProjectRole.runner}' && subject.namespace == request.namespace && subject.name in ${celList(Object.values(RUNNER_SERVICE_ACCOUNTS))}`;
    const service = `variables.role + '/' + subject.namespace + '/' + subject.name in ${celList(accounts)}`;
    new AdmissionPolicy(this, 'ProjectBindings', {
      name: 'seakeeper-project-bindings',
      operations: ['CREATE', 'UPDATE'],
      resources: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'] }],
      namespaceLabels: PROJECT_NAMESPACES,
      when: NOT_BY_ADMINISTRATORS,
      variables: {
        role: "request.resource.resource == 'rolebindings' && object.roleRef.kind == 'ClusterRole' ? object.roleRef.name : ''",
        subjects: "request.resource.resource == 'rolebindings' && has(object.subjects) ? object.subjects : []",
      },
      validations: [
        {
          expression: isBy(ServiceAccounts.provisioner),
          message: 'who has which role in a project follows from its Project; change that, or its owners in Gerrit',
        },
        {
          expression: `variables.role in ${celList(Object.values(ProjectRole))}`,
          message: `only our ClusterRoles are bound in a project: ${Object.values(ProjectRole).join(', ')}`,
        },
        {
          expression: `variables.subjects.all(subject, subject.kind == 'ServiceAccount' ? ((${runner}) || ${service}) : (${person}))`,
          message:
            "people have the roles of people, each account of the system its own, and nobody a role by a group of Kubernetes' own such as system:authenticated",
        },
      ],
    });
  }
}

/** Labels of a namespace that decide what may happen in it, in CEL. */
const ofOurs = (key: string): string => `${key}.startsWith('${DOMAIN}/') || ${key}.startsWith('${POD_SECURITY}')`;
