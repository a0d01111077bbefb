import { type App, Chart } from 'cdk8s';
import { AdmissionPolicy } from './admission-policy';
import { runPods } from './workflow-admission/pod-policies';
import { ARGO, NOT_BY_ADMINISTRATORS, NOT_BY_OUR_WRITERS, PROJECT_NAMESPACES } from './workflow-admission/who';
import { argoKinds, protectedRuns, workflowFields, workflowMetadata } from './workflow-admission/workflow-policies';

const WORKFLOW_LABEL = 'workflows.argoproj.io/workflow';
const POD_NAME = 'authentication.kubernetes.io/pod-name';

/**
 * Admission on what tenants write: the second line behind the sanitiser, from the same table, for whoever reaches the API
 * server past it. A Workflow has no status subresource, so whoever may stop one could also forge its phase; and its kinds
 * carry names that our services believe. Refused here, and never believed there.
 */
export class TenantAdmissionChart extends Chart {
  constructor(scope: App, id: string) {
    super(scope, id);

    workflowFields(this);
    workflowMetadata(this);
    protectedRuns(this);
    argoKinds(this);
    this.tieTaskResults();
    runPods(this);
  }

  /** A result is named after its node, and so is the pod that may write it: both end in the hash of the node's name. */
  private tieTaskResults(): void {
    new AdmissionPolicy(this, 'TaskResults', {
      name: 'seakeeper-task-results',
      operations: ['CREATE', 'UPDATE'],
      resources: [{ apiGroups: [ARGO], resources: ['workflowtaskresults'] }],
      namespaceLabels: PROJECT_NAMESPACES,
      when: { ...NOT_BY_OUR_WRITERS, ...NOT_BY_ADMINISTRATORS },
      variables: {
        name: 'object.metadata.name',
        run: `has(object.metadata.labels) && '${WORKFLOW_LABEL}' in object.metadata.labels ? object.metadata.labels['${WORKFLOW_LABEL}'] : ''`,
        pod: `has(request.userInfo.extra) && '${POD_NAME}' in request.userInfo.extra ? request.userInfo.extra['${POD_NAME}'][0] : ''`,
      },
      validations: [
        {
          expression:
            "variables.run != '' && (variables.name == variables.pod || (variables.name.startsWith(variables.run + '-') && variables.pod.startsWith(variables.run + '-') && variables.pod.endsWith(variables.name.substring(size(variables.run)))))",
          message: 'a task result is written by the pod of its own task only',
        },
      ],
    });
  }
}
