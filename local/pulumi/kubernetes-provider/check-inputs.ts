import { createHash } from 'node:crypto';
import { isObject, type JsonObject, valueAt, withValueAt } from './json';
import { parseTypeToken } from './kube-object';
import { UNKNOWN } from './property-values';

/** Something wrong with a resource's inputs. */
export interface InputProblem {
  readonly property: string;
  readonly reason: string;
}

export interface CheckFacts {
  /** Type token. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly inputs: JsonObject;
  readonly oldInputs: JsonObject;
  /** Same seed, same name. */
  readonly randomSeed: string;
  /** How the server serves the kind; undefined when it was not asked or does not know. */
  readonly namespaced: boolean | undefined;
  readonly defaultNamespace: string;
}

const AUTONAMED = 'pulumi.com/autonamed';
const SUFFIX_LENGTH = 8;

/** Completes a resource's inputs with what its type, its earlier self and the provider say, or names what is wrong. Pure. */
export function checkInputs(facts: CheckFacts): { inputs: JsonObject; problems: readonly InputProblem[] } {
  const type = parseTypeToken(facts.type);
  if (type === undefined) {
    const reason = `type '${facts.type}' is not one Kubernetes object; it needs upstream's Kubernetes provider`;
    return { inputs: facts.inputs, problems: [{ property: 'kind', reason }] };
  }
  let inputs: JsonObject = { apiVersion: type.apiVersion, kind: type.kind.replace(/Patch$/, ''), ...facts.inputs };
  const problems: InputProblem[] = [];
  if (inputs['apiVersion'] !== type.apiVersion) {
    problems.push({
      property: 'apiVersion',
      reason: `is '${inputs['apiVersion']}', allowed for this type is '${type.apiVersion}'`,
    });
  }
  if (inputs['kind'] !== type.kind && `${inputs['kind']}Patch` !== type.kind) {
    problems.push({ property: 'kind', reason: `is '${inputs['kind']}', allowed for this type is '${type.kind}'` });
  }
  if (inputs['metadata'] !== undefined && !isObject(inputs['metadata']) && inputs['metadata'] !== UNKNOWN) {
    problems.push({ property: 'metadata', reason: 'must be an object' });
  }
  if (problems.length > 0 || inputs['metadata'] === UNKNOWN) return { inputs, problems };

  inputs = withName(inputs, facts, `${inputs['kind']}Patch` === type.kind, problems);
  if (facts.namespaced && valueAt(inputs, NAMESPACE) === undefined) {
    inputs = withValueAt(inputs, NAMESPACE, facts.defaultNamespace);
  }
  return { inputs, problems };
}

const NAME = ['metadata', 'name'];
const NAMESPACE = ['metadata', 'namespace'];

function withName(inputs: JsonObject, facts: CheckFacts, patch: boolean, problems: InputProblem[]): JsonObject {
  if (valueAt(inputs, NAME) !== undefined) return inputs;
  if (patch) {
    problems.push({ property: 'metadata.name', reason: 'is missing; a patch must name the object it patches' });
    return inputs;
  }
  const old =
    valueAt(facts.oldInputs, ['metadata', 'annotations', AUTONAMED]) === 'true'
      ? valueAt(facts.oldInputs, NAME)
      : undefined;
  const suffix = createHash('sha256').update(facts.randomSeed).digest('hex').slice(0, SUFFIX_LENGTH);
  const name = old ?? `${facts.name.toLowerCase()}-${suffix}`;
  return withValueAt(withValueAt(inputs, NAME, name), ['metadata', 'annotations', AUTONAMED], 'true');
}
