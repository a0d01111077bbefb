import { z } from 'zod';
import { Annotation } from '../../../core/labels';
import { Precedence } from '../../../core/pipeline';
import type { WorkflowManifest } from '../render-workflow';
import type { Fit } from './decide-fit';
import { type Amount, RESOURCES } from './model-amount';

/** What annotation `admitted` of a run holds: read back by whoever counts runs, after a restart too. */
export const Admitted = z.object({
  class: z.string(),
  precedence: Precedence,
  need: z.record(z.enum(RESOURCES), z.number()),
});
export type Admitted = z.infer<typeof Admitted>;

/** The Workflow with what it was let in with: its class and need, and no more pods side by side than fit the quota. */
export function renderAdmitted(
  manifest: WorkflowManifest,
  { parallelism, need }: Extract<Fit, { kind: 'fits' }>,
  { projectClass, precedence }: { readonly projectClass: string; readonly precedence: Precedence },
): WorkflowManifest {
  const { metadata, spec } = manifest;
  const asked = spec['parallelism'];
  const admitted: Admitted = { class: projectClass, precedence, need };
  return {
    ...manifest,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [Annotation.admitted]: JSON.stringify(admitted) },
    },
    spec: typeof asked === 'number' && asked <= parallelism ? spec : { ...spec, parallelism },
  };
}

/** What an annotation says; undefined when it is none of ours. */
export function parseAdmitted(text: string | undefined): (Admitted & { readonly need: Amount }) | undefined {
  try {
    return text === undefined ? undefined : Admitted.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
