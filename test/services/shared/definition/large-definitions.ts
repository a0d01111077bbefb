import { stringify } from 'yaml';
import { Limit } from '../../../../core/workflow-policy/limits';
import type { JsonObject, JsonValue } from '../../../../services/shared/definition/sanitize-json';

const CONTAINER: JsonObject = { image: 'a', command: ['b'] };
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Parts of equal kind, spread over templates; the first template is the one that runs. */
const spread = (count: number, most: number, template: (parts: readonly number[]) => JsonObject): JsonObject[] => {
  const templates = Math.ceil(count / most);
  return times(templates, (index) => {
    const parts = times(Math.min(most, count - index * most), (part) => index * most + part);
    return { name: `t${index}`, ...template(parts) };
  });
};

/**
 * Definitions that are as large as they may be in one way each: by count of something, that grows with `count`. Each
 * keeps every rule of the table while `count` is within its own bound.
 */
export const LARGE: Readonly<
  Record<string, { readonly most: number; readonly make: (count: number) => JsonObject[] }>
> = {
  // A variable is three nodes, in eleven containers of a template.
  environment: {
    most: 6_000,
    make: (count) =>
      spread(count, 600, (parts) => ({
        container: CONTAINER,
        sidecars: times(Math.ceil(parts.length / 100), (sidecar) => ({
          ...CONTAINER,
          name: `s${sidecar}`,
          env: parts.slice(sidecar * 100, sidecar * 100 + 100).map((part) => ({ name: `E${part}`, value: 'v' })),
        })).slice(0, 5),
      })),
  },
  containers: {
    most: 1_100,
    make: (count) =>
      spread(count, 11, ([, ...more]) => ({
        container: CONTAINER,
        sidecars: more
          .slice(0, 5)
          .map((part) => ({ ...CONTAINER, name: `s${part}`, resources: { limits: { cpu: '1' } } })),
        initContainers: more.slice(5).map((part) => ({ ...CONTAINER, name: `i${part}`, securityContext: {} })),
      })),
  },
  mounts: {
    most: 4_900,
    make: (count) =>
      spread(count, 100, (parts) => ({
        container: CONTAINER,
        sidecars: times(Math.ceil(parts.length / 20), (sidecar) => ({
          ...CONTAINER,
          name: `s${sidecar}`,
          volumeMounts: parts
            .slice(sidecar * 20, sidecar * 20 + 20)
            .map((part) => ({ name: 'v', mountPath: `/m${part}` })),
        })),
      })),
  },
  parameters: {
    most: 6_400,
    make: (count) =>
      spread(count, 100, (parts) => ({
        container: CONTAINER,
        inputs: { parameters: parts.map((part) => ({ name: `p${part}`, default: 'v' })) },
      })),
  },
  artifacts: {
    most: 4_500,
    make: (count) =>
      spread(count, 50, (parts) => ({
        container: CONTAINER,
        outputs: { artifacts: parts.map((part) => ({ name: `a${part}`, path: `/out/${part}`, optional: true })) },
      })),
  },
  tasks: {
    most: 240,
    make: (count) => [
      {
        name: 't0',
        dag: { tasks: times(count, (part) => ({ ...CALL(part), depends: part === 0 ? '' : `c${part - 1}` })) },
      },
      { name: 'leaf', container: CONTAINER },
    ],
  },
  steps: {
    most: 240,
    make: (count) => [
      { name: 't0', steps: times(count, (part) => [CALL(part)]) },
      { name: 'leaf', container: CONTAINER },
    ],
  },
  // Text that is as long as a file may be, references all over it.
  text: {
    most: 250,
    make: (count) =>
      spread(count, 60, (parts) => ({
        script: { ...CONTAINER, source: '{{workflow.name}} '.repeat(parts.length * 56) },
      })),
  },
  // Paths as long as they may be: the patterns' worst.
  paths: {
    most: 240,
    make: (count) =>
      spread(count, 50, (parts) => ({
        container: CONTAINER,
        outputs: { artifacts: parts.map((part) => ({ name: `a${part}`, path: `/${'ab/'.repeat(325)}${part}` })) },
      })),
  },
};

const CALL = (part: number): JsonObject => ({
  name: `c${part}`,
  template: 'leaf',
  arguments: { parameters: times(5, (index) => ({ name: `p${index}`, value: 'v' })) },
  hooks: { running: { template: 'leaf', expression: 'true' } },
});

/** The definition of that many parts, as an object. */
export function largeDefinition(way: string, count: number): JsonObject {
  const templates = LARGE[way]?.make(count) ?? [];
  const spec: Record<string, JsonValue> = {
    entrypoint: 't0',
    volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
    templates,
  };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', spec };
}

/** As a file: in the short form, which lets the most into the bytes that a file may have. */
export const asFile = (definition: JsonObject): string =>
  stringify(definition, { lineWidth: 0, collectionStyle: 'flow', aliasDuplicateObjects: false });

/** Most parts a definition may have in that way: within the table's counts, and within the bytes of a file. */
export const withinFile = (text: string): boolean => Buffer.byteLength(text) <= Limit.fileBytes;
