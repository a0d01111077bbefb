import { Construct } from 'constructs';
import { DOMAIN, Namespace } from '../core/labels';
import { AdmissionPolicy } from './admission-policy';

/** What the names of our objects at cluster scope begin with; definitions and namespaces have names of their own. */
const PREFIX = 'seakeeper-';
const DEFINITIONS = ['.argoproj.io', `.${DOMAIN}`];
const NAMESPACES = Object.values(Namespace);

const isKind = (...plurals: readonly string[]) => `request.resource.resource in [${plurals.map(quote).join(', ')}]`;
const isOurs = `request.name.startsWith(${quote(PREFIX)})`;
const isDefinitionOfOurs = DEFINITIONS.map((suffix) => `request.name.endsWith(${quote(suffix)})`).join(' || ');
const says = (field: 'verbs' | 'resources' | 'apiGroups', value: string) =>
  `(has(rule.${field}) && ${quote(value)} in rule.${field})`;

/**
 * Admission that keeps ServiceOps, who may write and bind roles, to the roles and objects that are the system's. It is
 * against slips and leaves deliberate acts to be seen: who deploys admission policies can take this one away.
 */
export class ServiceopsFence extends Construct {
  constructor(scope: Construct, id: string, { groups }: { readonly groups: readonly string[] }) {
    super(scope, id);

    new AdmissionPolicy(this, 'Policy', {
      name: 'seakeeper-serviceops-fence',
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      resources: [
        { apiGroups: [''], resources: ['namespaces'] },
        { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'] },
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'],
        },
        { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'] },
        { apiGroups: ['flowcontrol.apiserver.k8s.io'], resources: ['flowschemas', 'prioritylevelconfigurations'] },
      ],
      when: {
        'by-serviceops': `request.userInfo.groups.exists(group, group in [${groups.map(quote).join(', ')}])`,
        'not-by-an-administrator': "!('system:masters' in request.userInfo.groups)",
      },
      validations: [
        {
          expression: `${isKind('roles', 'rolebindings')} || (${isKind('namespaces')} ? request.name in [${NAMESPACES.map(quote).join(', ')}] : (${isKind('customresourcedefinitions')} ? (${isDefinitionOfOurs}) : ${isOurs}))`,
          message: `ServiceOps deploy what is Seakeeper's: names begin with '${PREFIX}', definitions end in ${DEFINITIONS.join(' or ')}, namespaces are ${NAMESPACES.join(', ')}; ask an administrator of the cluster`,
        },
        {
          expression: `request.operation == 'DELETE' || !(${isKind('clusterrolebindings', 'rolebindings')}) || object.roleRef.kind == 'Role' || object.roleRef.name.startsWith(${quote(PREFIX)})`,
          message: `ServiceOps bind ClusterRoles whose name begins with '${PREFIX}' only; ask an administrator of the cluster`,
        },
        {
          expression: `request.operation == 'DELETE' || !(${isKind('clusterroles', 'roles')}) || !has(object.rules) || !object.rules.exists(rule, ${says('verbs', '*')} || ${says('resources', '*')} || ${says('apiGroups', '*')} || ${says('verbs', 'impersonate')})`,
          message: "a role that ServiceOps deploy says neither '*' nor 'impersonate'; name what is meant",
        },
      ],
    });
  }
}

function quote(text: string): string {
  return `'${text}'`;
}
