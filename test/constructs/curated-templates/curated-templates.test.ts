import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { CuratedTemplatesChart } from '../../../constructs/curated-templates-chart';
import { CURATED_INTERFACES } from '../../../core/curated-templates';
import { type ContainerResources, CURATED_RESOURCES } from '../../../core/run-resources';
import { sanitizeDefinition } from '../../../services/shared/definition/sanitize-definition';
import type { JsonObject } from '../../../services/shared/definition/sanitize-json';
import { NO_LIMITS, podOf } from '../../../services/trigger/admission/model-pod';
import { IMAGES } from '../fixtures';
import { synth } from '../synth';

const Template = z.looseObject({
  name: z.string(),
  inputs: z
    .object({
      parameters: z.array(z.object({ name: z.string(), default: z.string().optional() })).default([]),
      artifacts: z.array(z.looseObject({ name: z.string(), optional: z.boolean().default(false) })).default([]),
    })
    .default({ parameters: [], artifacts: [] }),
});
const Published = z.object({ templates: z.array(Template) });

const chart = synth((app) => new CuratedTemplatesChart(app, 'templates', { images: IMAGES }));
const TEMPLATES = chart.all('ClusterWorkflowTemplate').flatMap(({ metadata, spec }) =>
  Published.parse(spec).templates.map((template) => ({
    callee: `${metadata.name}/${template.name}`,
    name: metadata.name,
    template,
    asWritten: (spec as { templates: JsonObject[] }).templates.find(({ name }) => name === template.name) ?? {},
  })),
);
const PAGE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'definitions.md'), 'utf8');
const CASES = TEMPLATES.map((each) => [each.callee, each] as const);

/** As YAML of a definition has it: whole numbers as numbers, and no pull policy, which the sanitiser drops. */
const asDefined = (template: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(template), (field, value) => {
    if (field === 'imagePullPolicy') return undefined;
    return field === 'limit' || field === 'factor' ? Number(value) : value;
  });

test.each(CASES)('%s keeps the table that definitions keep, whoever brings it along', (_callee, { asWritten }) => {
  const template = asDefined(asWritten);
  const text = stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    spec: { entrypoint: template['name'], templates: [template] },
  });

  expect(sanitizeDefinition('seakeeper/check.yaml', text)).toMatchObject({
    ok: true,
    value: { spec: { templates: [template] } },
  });
});

test.each(CASES)('%s takes what callers are told it takes', (_callee, { name, template }) => {
  const told = CURATED_INTERFACES[name]?.[template.name];
  const { parameters, artifacts } = template.inputs;
  const ownPlaces = artifacts.filter((artifact) => artifact['s3'] === undefined);

  expect(Object.fromEntries(parameters.map((one) => [one.name, one.default]))).toEqual(
    Object.fromEntries(Object.entries(told?.parameters ?? {}).map(([key, one]) => [key, one.default])),
  );
  expect(Object.fromEntries(ownPlaces.map((one) => [one.name, one.optional]))).toEqual(
    Object.fromEntries(Object.entries(told?.artifacts ?? {}).map(([key, one]) => [key, one.optional ?? false])),
  );
});

test.each(CASES)('docs/definitions.md names all that %s takes', (_callee, { name, template }) => {
  const told = CURATED_INTERFACES[name]?.[template.name];
  const inputs = (['parameter', 'artifact'] as const).flatMap((kind) =>
    Object.keys(told?.[`${kind}s`] ?? {}).map((input) => `| ${kind} \`${input}\` |`),
  );

  expect(PAGE).toContain(`\`${name}\``);
  expect(inputs.filter((input) => !PAGE.includes(input))).toEqual([]);
});

test.each(Object.entries(CURATED_RESOURCES['seakeeper-run-image']))(
  'docs/definitions.md says how large %s is',
  (size, { requests, limits }) => {
    expect(PAGE).toContain(`| \`${size}\` | ${requests.cpu} | ${requests.memory} | ${limits.memory} |`);
  },
);

test.each(CASES)('a pod of %s needs what the quota is asked for', (_callee, { name, template, asWritten }) => {
  const asked: Readonly<Record<string, Readonly<Record<string, ContainerResources>>>> = CURATED_RESOURCES;
  const { requests, limits } = asked[name]?.[template.name] ?? {};
  const container: JsonObject = { resources: { requests: { ...requests }, limits: { ...limits } } };

  expect(podOf(asWritten, NO_LIMITS)).toEqual(podOf({ container }, NO_LIMITS));
});

test.each(CASES)('%s runs every container of its own under Pod Security “restricted”', (_callee, { asWritten }) => {
  const before = asWritten['initContainers'] ?? [];

  // Argo gives the others what the workflow-controller is configured with.
  expect(before).toEqual(
    (before as JsonObject[]).map(() =>
      expect.objectContaining({ securityContext: expect.objectContaining({ allowPrivilegeEscalation: false }) }),
    ),
  );
});
