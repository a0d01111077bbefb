import { z } from 'zod';
import { type ArgoWorkflow, overtakenAttempts, podNodes, stepName, type WorkflowNode } from '../../core/argo-workflow';

/** Longest value that is read. Bytes. */
const MAX_BYTES = 64 * 1024;

/** Zuul's `zuul_return` format of `file_comments`: lists by path. Fields that are not here are passed over. */
const Document = z.record(z.string(), z.array(z.unknown()));
const Line = z.int().min(1);
const Entry = z.object({
  message: z.string().min(1),
  line: Line.optional(),
  /** Stands for its last line. */
  range: z.object({ end_line: Line }).optional(),
  level: z.enum(['info', 'warning', 'error']).optional(),
});

/** A comment as a step wrote it: nothing in it is to be trusted. */
export interface StepComment {
  readonly step: string;
  readonly path: string;
  readonly line: number | undefined;
  readonly level: z.infer<typeof Entry>['level'];
  readonly text: string;
}

/** What the steps of a run put out as comments. */
export interface StepComments {
  readonly comments: readonly StepComment[];
  /** Entries that are no comments. */
  readonly malformed: number;
  /** Steps whose whole value could not be read, and why. */
  readonly unreadable: readonly { readonly step: string; readonly reason: string }[];
}

/** Comments of a run's own steps, in the order in which those started; of several attempts at a step the last one counts. */
export function parseStepComments(workflow: ArgoWorkflow): StepComments {
  const overtaken = overtakenAttempts(workflow);
  const values = podNodes(workflow)
    .filter(({ id }) => !overtaken.has(id))
    .flatMap((node) =>
      (node.outputs?.parameters ?? []).flatMap(({ value = '' }) =>
        value.trim() === '' ? [] : [{ step: shortName(workflow, node), value }],
      ),
    );
  const documents = values.map(({ step, value }) => ({ step, document: parseDocument(value) }));
  const entries = documents.flatMap(({ step, document }) =>
    typeof document === 'string' ? [] : document.map(([path, entry]) => parseEntry(step, path, entry)),
  );
  return {
    comments: entries.filter((entry) => entry !== undefined),
    malformed: entries.filter((entry) => entry === undefined).length,
    unreadable: documents.flatMap(({ step, document }) =>
      typeof document === 'string' ? [{ step, reason: document }] : [],
    ),
  };
}

/** A run that is one step bears the name of its Workflow, which says nothing here. */
function shortName({ metadata }: ArgoWorkflow, node: WorkflowNode): string {
  const name = stepName(node);
  return name === metadata.name ? node.templateName || name : name;
}

/** Entries with their paths, or why there are none. */
function parseDocument(value: string): [path: string, entry: unknown][] | string {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_BYTES) {
    return `it has ${bytes} bytes, at most ${MAX_BYTES} are read; write fewer`;
  }
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return 'it is not JSON; write {"path": [{"line": 1, "message": "…"}]}';
  }
  const document = Document.safeParse(json).data;
  return document === undefined
    ? 'it is no object of lists; write {"path": [{"line": 1, "message": "…"}]}'
    : Object.entries(document).flatMap(([path, list]) => list.map((entry): [string, unknown] => [path, entry]));
}

function parseEntry(step: string, path: string, entry: unknown): StepComment | undefined {
  const parsed = Entry.safeParse(entry).data;
  if (parsed === undefined) {
    return undefined;
  }
  const { message, line, range, level } = parsed;
  return { step, path, line: line ?? range?.end_line, level, text: message };
}
