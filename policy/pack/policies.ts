import type { Policies, PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import { z } from 'zod';
import { KubeObject } from '../../core/kube-object';
import type { ClusterRule, ObjectRule, PolicyFacts } from '../rule';
import { RULES } from '../rules';

/**
 * The rules as policies of a Pulumi policy pack, run by the engine on what a preview or an update is about to apply.
 * What the provisioner makes of a `Project` is no resource: `npm run policy` sees that too.
 */
export function policies(): Policies {
  return RULES.map((rule) => (rule.scope === 'object' ? resourcePolicy(rule) : stackPolicy(rule)));
}

function resourcePolicy(rule: ObjectRule): ResourceValidationPolicy {
  return {
    name: rule.id,
    description: `${rule.title} ${rule.why}`,
    configSchema: CONFIG_SCHEMA,
    validateResource: (resource, reportViolation) => {
      const facts = factsOf(resource.getConfig());
      for (const message of objectsOf([resource]).flatMap((object) => rule.check(object, facts))) {
        reportViolation(message);
      }
    },
  };
}

function stackPolicy(rule: ClusterRule): StackValidationPolicy {
  return {
    name: rule.id,
    description: `${rule.title} ${rule.why}`,
    configSchema: CONFIG_SCHEMA,
    validateStack: (stack, reportViolation) => {
      for (const { object, message } of rule.check(objectsOf(stack.resources), factsOf(stack.getConfig()))) {
        reportViolation(`${object.kind} ${object.metadata.name}: ${message}`);
      }
    },
  };
}

/** The API objects among resources. A Kubernetes resource's properties are its object's fields. */
function objectsOf(resources: readonly { readonly type: string; readonly props: unknown }[]): KubeObject[] {
  return resources.flatMap(({ type, props }) => {
    const object = type.startsWith('kubernetes:') ? KubeObject.safeParse(props) : undefined;
    return object?.success ? [object.data] : [];
  });
}

/** What a person may tell the pack with `--policy-pack-config`: `npm run policy -- --stack NAME --pack-config` prints it. */
const PackConfig = z.object({ acknowledgedImages: z.array(z.string()).default([]) });

const CONFIG_SCHEMA: PolicyConfigSchema = {
  properties: { acknowledgedImages: { type: 'array', items: { type: 'string' }, default: [] } },
};

const factsOf = (config: unknown): PolicyFacts => ({
  acknowledgedImages: new Set(PackConfig.parse(config).acknowledgedImages),
});
