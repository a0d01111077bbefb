import { CURATED_INTERFACES, type CuratedInterface } from '../../../core/curated-templates';
import { quote } from './sanitize-findings';
import { type JsonObject, objectOf, objectsOf, textOf } from './sanitize-json';
import { didYouMean } from './sanitize-suggestion';

/** What is wrong with a call, and in which part of it. */
export interface CuratedProblem {
  /** Path in the call, such as `.arguments.parameters[0]`. */
  readonly at: string;
  readonly says: string;
}

/** What is wrong with a call of a curated template: its name, or what it is given. Argo would say so only when it runs. */
export function curatedProblems(call: JsonObject): readonly CuratedProblem[] {
  const reference = objectOf(call['templateRef']);
  const name = textOf(reference['name']) ?? '';
  const template = textOf(reference['template']) ?? '';
  const takes = ownOf(ownOf(CURATED_INTERFACES, name) ?? {}, template);
  if (takes === undefined || reference['clusterScope'] !== true) {
    const known = Object.entries(CURATED_INTERFACES).flatMap(([of, all]) =>
      Object.keys(all).map((one) => `${of}/${one}`),
    );
    const says = `is ${quote(`${name}/${template}`)}, allowed is ${known.join(', ')} with clusterScope: true; correct it`;
    return [{ at: '.templateRef', says }];
  }
  return argumentProblems(`${name}/${template}`, takes, objectOf(call['arguments']));
}

function argumentProblems(callee: string, takes: CuratedInterface, given: JsonObject): readonly CuratedProblem[] {
  const needed = {
    parameters: Object.entries(takes.parameters).flatMap(([name, one]) => (one.default === undefined ? [name] : [])),
    artifacts: Object.entries(takes.artifacts).flatMap(([name, one]) => (one.optional === true ? [] : [name])),
  };
  return (['parameters', 'artifacts'] as const).flatMap((kind): CuratedProblem[] => {
    const known = Object.keys(takes[kind]);
    const names = objectsOf(given[kind]).map((one) => textOf(one['name']) ?? '');
    const unknown = names.flatMap((name, index) => (known.includes(name) ? [] : [{ name, index }]));
    const missing = needed[kind].filter((name) => !names.includes(name));
    return [
      ...unknown.map(({ name, index }) => ({
        at: `.arguments.${kind}[${index}]`,
        says: `is ${quote(name)}, which ${callee} does not take${didYouMean(known, name)}; it takes ${known.map(quote).join(', ') || 'none'}; remove it or correct its name`,
      })),
      ...missing.map((name) => ({
        at: '',
        says: `calls ${callee} without ${quote(name)}; add it under arguments.${kind}`,
      })),
    ];
  });
}

/** A value by a name that somebody wrote, which may be that of a prototype's. */
const ownOf = <Value>(map: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;
