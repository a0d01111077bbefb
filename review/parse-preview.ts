import { z } from 'zod';
import { KubeObject } from '../core/kube-object';
import { maskSecrets } from './mask';
import { type ChangeOp, compareChanges, type ObjectChange, objectChange } from './object-change';

const State = z.object({ inputs: z.record(z.string(), z.unknown()).default({}) });
const Step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: State.optional(),
  newState: State.optional(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
});
type Step = z.infer<typeof Step>;

/** What `pulumi preview --json` prints, as far as it is read. */
const Preview = z.object({ steps: z.array(Step), config: z.record(z.string(), z.string()).default({}) });

/** Operations of the engine that change something. A replacement is told in three of them. */
const OPS: Readonly<Record<string, ChangeOp>> = {
  create: 'create',
  import: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
};

/** What the engine would do, and with which configuration. */
export interface ParsedPreview {
  /** In the order of `compareChanges`. */
  readonly changes: ObjectChange[];
  /** The stack's plain configuration; secrets as `[secret]`. */
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Reads the steps of a preview as changes of objects; resources that are no Kubernetes object (providers, components) are
 * left out. Throws in one line when the text is no preview.
 */
export function parsePreview(text: string): ParsedPreview {
  let preview: z.infer<typeof Preview>;
  try {
    preview = Preview.parse(JSON.parse(text));
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Error(`pulumi preview --json printed something else than a preview: ${line}`);
  }
  const changes = new Map<string, ObjectChange>();
  for (const step of preview.steps) {
    const change = changeOf(step);
    // Of the three steps of a replacement one may hold one side only.
    if (change !== undefined) changes.set(step.urn, { ...changes.get(step.urn), ...change });
  }
  return { changes: [...changes.values()].sort(compareChanges), config: preview.config };
}

function changeOf(step: Step): ObjectChange | undefined {
  const op = OPS[step.op];
  const [before, after] = [step.oldState, step.newState].map((state) => KubeObject.safeParse(state?.inputs).data);
  if (op === undefined || (before === undefined && after === undefined)) return undefined;
  return objectChange({
    op,
    // A resource of a chart is named `chart/Kind/name`.
    ...originOf(step.urn),
    ...(before === undefined || op === 'create' ? {} : { before: maskSecrets(before) }),
    ...(after === undefined || op === 'delete' ? {} : { after: maskSecrets(after) }),
    ...(op === 'replace' ? { because: reasonsOf(step) } : {}),
  });
}

function originOf(urn: string): { origin: string; source: string } {
  const name = urn.slice(urn.lastIndexOf('::') + 2);
  return { origin: 'pulumi', source: name.split('/')[0] ?? name };
}

function reasonsOf({ replaceReasons, detailedDiff }: Step): string[] {
  const detailed = Object.entries(detailedDiff ?? {}).flatMap(([path, { kind }]) =>
    kind.endsWith('replace') ? [path] : [],
  );
  return [...new Set(detailed.length > 0 ? detailed : (replaceReasons ?? []))].sort();
}
