import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubeObject } from '../core/kube-object';
import { structured } from './data-values';
import { fields, sorted } from './json';
import { visible } from './quoted';

/** Edits beyond which two texts are shown as one gone and one new: finding the shortest diff takes quadratic time. */
const MOST_EDITS = 1_000;
const CONTEXT_LINES = 3;

/** Lines of a unified diff of two objects as YAML, without file names; either may be absent. */
export function diffObjects(before: KubeObject | undefined, after: KubeObject | undefined): string[] {
  const spelled = [toYaml(before, spelledOut), toYaml(after, spelledOut)] as const;
  // Data may differ in its comments or spaces alone.
  const [was, is] = spelled[0] === spelled[1] ? [toYaml(before), toYaml(after)] : spelled;
  if (before === undefined || after === undefined) return prefixed(before === undefined ? '+' : '-', was + is);
  const patch = structuredPatch('', '', was, is, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined) return [...prefixed('-', was), ...prefixed('+', is)];
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.map(visible),
  ]);
}

const prefixed = (sign: string, text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => visible(`${sign}${line}`));

/** The object as YAML, keys in alphabetical order. */
function toYaml(object: KubeObject | undefined, data: (data: unknown) => unknown = (same) => same): string {
  if (object === undefined) return '';
  const shown = object.kind === 'ConfigMap' ? { ...object, data: data(object['data']) } : object;
  return stringify(sorted(shown), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Data that is JSON or YAML as what it spells, so that a diff is short. */
const spelledOut = (data: unknown): unknown =>
  data === undefined
    ? undefined
    : Object.fromEntries(
        Object.entries(fields(data)).map(([key, value]) => [
          key,
          typeof value === 'string' ? (structured(value) ?? value) : value,
        ]),
      );
