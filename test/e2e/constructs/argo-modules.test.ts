import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ArgoCrdsChart } from '../../../constructs/argo-crds-chart';
import { GENERATED, generate, moduleDirectory } from '../../../constructs/generate/main';
import { ARGO_EVENTS, ARGO_WORKFLOWS } from '../../../constructs/generate/select';
import { synth } from '../../constructs/synth';

const Crd = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({
    names: z.record(z.string(), z.unknown()),
    scope: z.string(),
    versions: z
      .array(
        z.looseObject({
          name: z.string(),
          additionalPrinterColumns: z.array(z.unknown()).default([]),
          subresources: z.record(z.string(), z.unknown()).default({}),
          schema: z.object({
            openAPIV3Schema: z.object({
              required: z.array(z.string()),
              properties: z.record(z.string(), z.looseObject({ type: z.string() })),
            }),
          }),
        }),
      )
      .length(1),
  }),
});
type Crd = z.infer<typeof Crd>;

/** What a CRD of ours must share with upstream's: all but what is inside the preserved fields. */
function contract(crd: Crd) {
  const [version] = crd.spec.versions;
  const { required, properties } = version?.schema.openAPIV3Schema ?? { required: [], properties: {} };
  return {
    name: crd.metadata.name,
    names: crd.spec.names,
    scope: crd.spec.scope,
    version: version?.name,
    columns: version?.additionalPrinterColumns,
    subresources: version?.subresources,
    required: [...required].sort(),
    fields: Object.fromEntries(Object.entries(properties).map(([name, { type }]) => [name, type])),
  };
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

function upstream(): Crd[] {
  const folders = [
    join(moduleDirectory(ARGO_WORKFLOWS), 'manifests', 'base', 'crds', 'minimal'),
    join(moduleDirectory(ARGO_EVENTS), 'manifests', 'base', 'crds'),
  ];
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('argoproj.io_'))
      .map((name) => Crd.parse(parse(readFileSync(join(folder, name), 'utf8')))),
  );
}

describe("Argo's pinned modules", () => {
  test('are in the cache: the toolchain built from them', () => {
    for (const { selection } of GENERATED) {
      expect(existsSync(moduleDirectory(selection))).toBe(true);
    }
  });

  test.each(GENERATED.map(({ selection, file }) => [selection.module, selection, file] as const))(
    'generate the types of %s as they are committed',
    (_module, selection, file) => {
      expect(generate(selection)).toBe(readFileSync(file, 'utf8'));
    },
  );

  test('have the CRDs we have: names, scope, version, columns, subresources and top-level fields', () => {
    const ours = synth((app) => new ArgoCrdsChart(app, 'crds')).objects.map((object) => contract(Crd.parse(object)));

    expect([...ours].sort(byName)).toEqual(upstream().map(contract).sort(byName));
  });
});
