import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { commonLabels } from './metadata';

const API = 'admissionregistration.k8s.io/v1';

/** Something that must hold, in CEL, and what people are told when it does not. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
  /**
   * The message in CEL, which can name the value; where it fails, `message` is told.
   *
   * @default - `message` alone
   */
  readonly messageExpression?: string;
}

/** Properties for `AdmissionPolicy`. */
export interface AdmissionPolicyProps {
  readonly name: string;
  readonly resources: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  /** @default - in every namespace */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /**
   * Whom it is about, in CEL: all must hold.
   *
   * @default - everybody
   */
  readonly when?: Readonly<Record<string, string>>;
  /**
   * Names for expressions, in CEL.
   *
   * @default - none
   */
  readonly variables?: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
}

/**
 * A ValidatingAdmissionPolicy with its binding. Refuses, and says so in the audit log; what cannot be evaluated is
 * refused too.
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);

    const { name, namespaceLabels } = props;
    const named = (expressions: Readonly<Record<string, string>> = {}) =>
      Object.entries(expressions).map(([key, expression]) => ({ name: key, expression }));
    // The package's types end at Kubernetes 1.27; this kind became v1 with 1.30.
    new ApiObject(this, 'Policy', {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels: commonLabels(name) },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: props.resources.map((rule) => ({
            apiGroups: [...rule.apiGroups],
            apiVersions: ['*'],
            operations: [...props.operations],
            resources: [...rule.resources],
          })),
          ...(namespaceLabels === undefined ? {} : { namespaceSelector: { matchLabels: namespaceLabels } }),
        },
        matchConditions: named(props.when),
        variables: named(props.variables),
        validations: props.validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
      },
    });
    new ApiObject(this, 'Binding', {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels: commonLabels(name) },
      spec: { policyName: name, validationActions: ['Deny', 'Audit'] },
    });
  }
}

/** User name of a ServiceAccount, as the API server spells it. */
export const userName = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `system:serviceaccount:${namespace}:${name}`;
