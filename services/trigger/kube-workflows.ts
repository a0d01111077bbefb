import { z } from 'zod';
import { isFinished, Phase, WORKFLOW_API } from '../../core/argo-workflow';
import type { WorkflowReference } from '../../core/decision';
import { typeOfKey } from '../../core/event-key';
import { endsChange } from '../../core/event-type';
import { Annotation, Label } from '../../core/labels';
import type { JsonObject } from '../shared/definition/sanitize-json';
import { type KubeClient, KubeError, unlessGone } from '../shared/kube-client';
import type { StopOlder } from './decide';
import type { CreateOutcome, MadeRun, StoppedBy, Workflows } from './ports';
import type { WorkflowIdentity } from './render-identity';
import { specHash, type WorkflowManifest } from './render-workflow';

const Json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const Stored = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    creationTimestamp: z.string().default(''),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: Json.default({}),
  status: z.object({ phase: Phase.catch('').default('') }).default({ phase: '' }),
});
type Stored = z.infer<typeof Stored>;
const StoredList = z.object({ items: z.array(Stored) });

/** Labels and annotations that say whose a Workflow is; the reporter and the controller write others. */
const IDENTITY_LABELS = [Label.managedBy, Label.pipeline, Label.change, Label.patchSet, Label.run];
const IDENTITY_ANNOTATIONS = [Annotation.project, Annotation.eventKey, Annotation.revision, Annotation.ref];
/** Argo's server writes it on what people submit through it. */
const ARGO_CREATOR = 'workflows.argoproj.io/creator';

/** Of one Workflow nothing else is asked, and the rest of a large one costs both sides more than its making. */
const METADATA_ONLY = { metadataOnly: true };

/** Statuses with which the API server says that this object will never do. */
const HOPELESS = new Set([400, 413, 422]);

/** Workflows over the API server. */
export class KubeWorkflows implements Workflows {
  constructor(private readonly kube: Pick<KubeClient, 'create' | 'get' | 'patch'>) {}

  async create(manifest: WorkflowManifest): Promise<CreateOutcome> {
    const { namespace, name } = manifest.metadata;
    try {
      const stored = Stored.parse(await this.kube.create(collection(namespace), manifest, METADATA_ONLY));
      return { kind: 'created', ...referenceOf(stored) };
    } catch (error) {
      if (!(error instanceof KubeError)) {
        throw error;
      }
      if (error.status === 409 && error.reason === 'AlreadyExists') {
        return this.readBack(manifest, `${collection(namespace)}/${name}`);
      }
      if (HOPELESS.has(error.status) || isPolicyDenial(error)) {
        return { kind: 'refused', reason: error.message };
      }
      if (error.status === 403 || error.status === 404) {
        return { kind: 'not-now', reason: error.message };
      }
      throw error;
    }
  }

  async find(namespace: string, identity: WorkflowIdentity): Promise<MadeRun | undefined> {
    try {
      const stored = Stored.parse(await this.kube.get(`${collection(namespace)}/${identity.name}`, METADATA_ONLY));
      const definitionCommit = stored.metadata.annotations[Annotation.definitionCommit];
      return foreignMark(stored, identity) === undefined && definitionCommit !== undefined
        ? { workflow: referenceOf(stored).workflow, definitionCommit }
        : undefined;
    } catch (error) {
      return unlessGone(error);
    }
  }

  async stop(older: StopOlder, by: StoppedBy | undefined): Promise<readonly string[]> {
    const selector = [
      `${Label.pipeline}=${older.pipeline}`,
      `${Label.change}=${older.change}`,
      'workflows.argoproj.io/completed!=true',
    ].join(',');
    const query = new URLSearchParams({ labelSelector: selector });
    const { items } = StoredList.parse(await this.kube.get(`${collection(older.namespace)}?${query}`));
    const stopping = items.filter((run) => isOlder(run, older, by));
    const annotations = annotationsOf(older, by);
    await Promise.all(stopping.map(({ metadata }) => this.terminate(metadata, annotations)));
    return stopping.map(({ metadata }) => metadata.name);
  }

  /** A repeat of an event meets its own Workflow. Anything else under the name is somebody else's. */
  private async readBack(manifest: WorkflowManifest, path: string): Promise<CreateOutcome> {
    const stored = Stored.parse(await this.kube.get(path, METADATA_ONLY));
    const difference = differenceOf(stored, manifest);
    return difference === undefined
      ? { kind: 'repeated', ...referenceOf(stored) }
      : { kind: 'foreign', reason: `Workflow ${path.slice(1)} is not ours: ${difference}` };
  }

  async terminate(
    { namespace, name, uid }: WorkflowReference,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await this.kube.patch(`${collection(namespace)}/${name}`, 'merge', {
        // With the UID in it the API server refuses to touch another Workflow of the same name.
        metadata: { uid, annotations },
        spec: { shutdown: 'Terminate' },
      });
    } catch (error) {
      // Gone or replaced meanwhile: there is nothing left to stop.
      if (!(error instanceof KubeError && (error.status === 404 || error.status === 409))) {
        throw error;
      }
    }
  }
}

const collection = (namespace: string): string =>
  `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/namespaces/${namespace}/${WORKFLOW_API.plural}`;

const referenceOf = ({ metadata }: Stored) => ({
  workflow: { namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
  createdAt: metadata.creationTimestamp,
});

/** Admission policies deny with 422 or 403; other 403 are ours to mend: a grant, a quota, a namespace that goes. */
const isPolicyDenial = ({ status, message }: KubeError): boolean =>
  status === 403 && /ValidatingAdmissionPolicy|admission webhook .* denied/.test(message);

/** What shows that a Workflow is not the one that has this identity. */
function foreignMark(stored: Stored, metadata: Pick<WorkflowIdentity, 'labels' | 'annotations'>): string | undefined {
  const { labels, annotations } = stored.metadata;
  const label = IDENTITY_LABELS.find((name) => labels[name] !== metadata.labels[name]);
  if (label !== undefined) {
    return `label ${label} differs`;
  }
  const annotation = IDENTITY_ANNOTATIONS.find((name) => annotations[name] !== metadata.annotations[name]);
  if (annotation !== undefined) {
    return `annotation ${annotation} differs`;
  }
  if (labels[ARGO_CREATOR] !== undefined) {
    return `label ${ARGO_CREATOR} says that a person submitted it`;
  }
  return undefined;
}

function differenceOf(stored: Stored, { metadata, spec }: WorkflowManifest): string | undefined {
  const foreign = foreignMark(stored, metadata);
  if (foreign !== undefined) {
    return foreign;
  }
  const { annotations } = stored.metadata;
  // Not compared with the spec that is stored: Argo's controller writes its defaults and empty members into it as soon as it
  // looks at it. Spec and hash of a run of ours are kept from everybody else's hands by admission.
  const made = annotations[Annotation.specHash];
  // The definition may have changed since; where it has not, the spec must be the same.
  const sameDefinition = annotations[Annotation.definitionCommit] === metadata.annotations[Annotation.definitionCommit];
  return sameDefinition && made !== specHash(spec) ? 'its spec is not what the definition makes' : undefined;
}

/** What says on a stopped run why it was. */
function annotationsOf({ because }: StopOlder, by: StoppedBy | undefined): Readonly<Record<string, string>> {
  if (because !== undefined) {
    return { [Annotation.stoppedBecause]: because };
  }
  return by === undefined ? {} : { [Annotation.supersededBy]: by.name };
}

function isOlder(run: Stored, older: StopOlder, by: StoppedBy | undefined): boolean {
  if (isFinished(run.status.phase) || run.spec['shutdown'] !== undefined || run.metadata.name === by?.name) {
    return false;
  }
  const startedBy = typeOfKey(run.metadata.annotations[Annotation.eventKey] ?? '');
  if (older.because !== undefined && older.because !== 'dequeued' && endsChange({ type: startedBy })) {
    // It runs because the change ended.
    return false;
  }
  const patchSet = Number(run.metadata.labels[Label.patchSet]);
  if (patchSet !== older.belowPatchSet) {
    return patchSet < older.belowPatchSet;
  }
  // Creation times have whole seconds: a repeat must not stop what came after it.
  const before = by?.onlyBefore;
  return older.samePatchSet && (before === undefined || run.metadata.creationTimestamp < before);
}
