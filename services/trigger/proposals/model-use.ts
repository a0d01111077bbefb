import { isFields, objectsIn } from '../../../core/json-objects';
import { secretsNamedIn } from '../../../core/named-secrets';
import type { JsonObject } from '../../shared/definition/sanitize-json';
import type { Amount } from '../admission/model-amount';
import { needOf } from '../admission/model-need';
import type { ContainerLimits } from '../admission/model-pod';

/** What a Workflow may do and takes, as far as its definition has a say in it. */
export interface Use {
  /** ServiceAccount that its pods run as: what they may do in the cluster. */
  readonly account: string;
  readonly secrets: readonly string[];
  readonly images: readonly string[];
  /** Curated templates, `name/template`. */
  readonly templates: readonly string[];
  /** Of all its pods, when every loop runs; the count of pods among it. */
  readonly total: Amount;
  /** The most at once. */
  readonly peak: Amount;
}

/** What a rendered Workflow's spec uses. `limits`: what its namespace gives to containers that ask for nothing. */
export function useOf(spec: JsonObject, limits: ContainerLimits): Use {
  const objects = [...objectsIn(spec)];
  const need = needOf(spec, limits);
  return {
    account: String(spec['serviceAccountName']),
    secrets: sorted(secretsNamedIn(spec)),
    images: sorted(objects.flatMap(({ value }) => (typeof value['image'] === 'string' ? [value['image']] : []))),
    templates: sorted(
      objects.flatMap(({ value: { templateRef } }) =>
        isFields(templateRef) ? [`${templateRef['name']}/${templateRef['template']}`] : [],
      ),
    ),
    total: need.total(),
    peak: need.peakAt(need.parallelism),
  };
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
