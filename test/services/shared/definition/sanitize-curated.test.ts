import { stringify } from 'yaml';
import { sanitizeDefinition } from '../../../../services/shared/definition/sanitize-definition';

const FILE = 'seakeeper/check.yaml';
const IMAGE = { name: 'image', value: 'busybox:1.36' };
const COMMAND = { name: 'command', value: 'true' };

/** A definition of one step that calls a curated template. */
const calling = (name: string, template: string, given: object = {}): string =>
  stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    spec: {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [[{ name: 'one', templateRef: { name, template, clusterScope: true }, arguments: given }]],
        },
      ],
    },
  });

const messagesOf = (text: string): string[] => {
  const result = sanitizeDefinition(FILE, text);
  return result.ok ? [] : result.error.map(({ message }) => message);
};

test.each([
  ['seakeeper-checkout', 'checkout', {}],
  ['seakeeper-run-image', 'small', { parameters: [IMAGE, COMMAND] }],
  ['seakeeper-run-image', 'large', { parameters: [IMAGE, COMMAND, { name: 'cache-folder', value: 'x' }] }],
  ['seakeeper-cache', 'key', { parameters: [{ name: 'files', value: 'package-lock.json' }] }],
  [
    'seakeeper-publish',
    'file',
    {
      parameters: [{ name: 'path', value: 'x' }],
      artifacts: [{ name: 'files', from: '{{steps.one.outputs.artifacts.output}}' }],
    },
  ],
])('a call of %s/%s with what it takes is accepted', (name, template, given) => {
  expect(messagesOf(calling(name, template, given))).toEqual([]);
});

test.each([
  [
    'without what must be given',
    calling('seakeeper-run-image', 'small', { parameters: [IMAGE] }),
    "spec.templates[0].steps[0][0] calls seakeeper-run-image/small without 'command'; add it under arguments.parameters",
  ],
  [
    'with a parameter it does not take',
    calling('seakeeper-run-image', 'small', { parameters: [IMAGE, COMMAND, { name: 'cache-keys', value: 'x' }] }),
    "spec.templates[0].steps[0][0].arguments.parameters[2] is 'cache-keys', which seakeeper-run-image/small does not take, did you mean 'cache-key'?; it takes 'image', 'command', 'cache-key', 'cache-folder'; remove it or correct its name",
  ],
  [
    'with a parameter that takes its name from a prototype',
    calling('seakeeper-checkout', 'checkout', { parameters: [{ name: 'constructor', value: 'x' }] }),
    "spec.templates[0].steps[0][0].arguments.parameters[0] is 'constructor', which seakeeper-checkout/checkout does not take; it takes none; remove it or correct its name",
  ],
  [
    'without an artifact that must be given',
    calling('seakeeper-publish', 'folder', { parameters: [{ name: 'path', value: 'x' }] }),
    "spec.templates[0].steps[0][0] calls seakeeper-publish/folder without 'files'; add it under arguments.artifacts",
  ],
  [
    'of a size that is not there',
    calling('seakeeper-run-image', 'huge', { parameters: [IMAGE, COMMAND] }),
    "spec.templates[0].steps[0][0].templateRef is 'seakeeper-run-image/huge', allowed is seakeeper-checkout/checkout, seakeeper-run-image/small, seakeeper-run-image/medium, seakeeper-run-image/large, seakeeper-cache/key, seakeeper-publish/file, seakeeper-publish/folder with clusterScope: true; correct it",
  ],
])('a call %s is refused with its cure', (_what, text, message) => {
  expect(messagesOf(text)).toEqual([message]);
});
