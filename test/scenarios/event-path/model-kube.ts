import { z } from 'zod';
import { isFinished, Phase, WORKFLOW_API } from '../../../core/argo-workflow';
import { Annotation } from '../../../core/labels';
import { PROJECTS_PATH } from '../../../core/project';
import { namespaceForProject, projectObjectName } from '../../../core/project-name';
import { KubeError } from '../../../services/shared/kube-client';
import type { ListPage } from '../../../services/shared/kube-list';
import { PROJECT } from './model-gerrit';
import type { Random } from './random';
import type { VirtualClock } from './virtual-clock';

const Stored = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().default(''),
    resourceVersion: z.string().default(''),
    creationTimestamp: z.string().default(''),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.record(z.string(), z.unknown()).default({}),
  status: z.looseObject({ phase: Phase.default('') }).prefault({}),
});
/** An object as the API server has it. Never changed: another version is another object. */
export type Stored = z.infer<typeof Stored>;
const Patch = z.object({
  metadata: z.object({ uid: z.string().optional(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.record(z.string(), z.unknown()).default({}),
});

type Line = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored };

const WORKFLOWS_PATH = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/${WORKFLOW_API.plural}`;
const NAMESPACE = namespaceForProject(PROJECT);
const COMPLETED = 'workflows.argoproj.io/completed';
/** Longest that a run takes. */
export const MOST_RUN_MS = 10_000;

/** The API server with Argo's controller behind it: Workflows run, end as `fails` says, and go when their time is over. */
export class ModelKube {
  readonly workflows = new Map<string, Stored>();
  /** Every Workflow that ever was made, in its last version. */
  readonly ever = new Map<string, Stored>();
  /** How the next runs end. */
  nextPhases: ('Succeeded' | 'Failed' | 'Error')[] = [];
  /** Lets names be used twice, as no API server does. */
  allowsTwins = false;
  private version = 1;
  private readonly history: { readonly version: number; readonly line: Line; readonly before: Stored | undefined }[] =
    [];
  private wake: (() => void)[] = [];
  private compacted = 0;

  constructor(
    private readonly clock: VirtualClock,
    readonly random: Random,
  ) {}

  async create(path: string, body: unknown): Promise<Stored> {
    const given = Stored.parse(body);
    const { name } = given.metadata;
    const taken = this.workflows.get(name);
    if (taken !== undefined && !this.allowsTwins) {
      throw new KubeError(409, 'AlreadyExists', `POST ${path}: 409 AlreadyExists`);
    }
    const uid = `uid-${this.version}`;
    const creationTimestamp = `${new Date(this.clock.now).toISOString().slice(0, 19)}Z`;
    const metadata = { ...given.metadata, uid, creationTimestamp };
    this.put('ADDED', { ...given, metadata, status: { phase: '' } });
    const phase = this.nextPhases.shift() ?? 'Succeeded';
    this.clock.start(() => this.finish(name, uid, phase), this.random.between(500, MOST_RUN_MS));
    return this.find(name);
  }

  async get(path: string): Promise<unknown> {
    const [place = '', query] = path.split('?');
    if (place === `${PROJECTS_PATH}/${projectObjectName(PROJECT)}`) {
      return PROJECT_OBJECT;
    }
    if (place.endsWith(`/${WORKFLOW_API.plural}`)) {
      const selector = new URLSearchParams(query).get('labelSelector') ?? undefined;
      return { items: [...this.workflows.values()].filter((object) => matches(object, selector)) };
    }
    if (place.includes(`/${WORKFLOW_API.plural}/`)) {
      return this.find(place.slice(place.lastIndexOf('/') + 1));
    }
    if (place.includes('/pods/')) {
      return { metadata: {}, status: { conditions: [] } };
    }
    if (place.endsWith('/pods')) {
      return { items: [] };
    }
    throw new KubeError(404, 'NotFound', `GET ${path}: 404 NotFound`);
  }

  async patch(path: string, body: unknown): Promise<unknown> {
    const { metadata, spec } = Patch.parse(body);
    const found = this.find(path.slice(path.lastIndexOf('/') + 1));
    if (metadata.uid !== undefined && metadata.uid !== found.metadata.uid) {
      throw new KubeError(409, 'Conflict', `PATCH ${path}: 409 Conflict`);
    }
    const annotations = { ...found.metadata.annotations, ...metadata.annotations };
    this.put('MODIFIED', {
      ...found,
      metadata: { ...found.metadata, annotations },
      spec: { ...found.spec, ...spec },
    });
    const { name, uid } = found.metadata;
    if (spec['shutdown'] !== undefined) {
      this.clock.start(() => this.finish(name, uid, 'Failed'), this.random.between(100, 2_000));
    }
    const ttl = z.object({ secondsAfterCompletion: z.number() }).safeParse(spec['ttlStrategy']);
    if (ttl.success) {
      this.clock.start(() => this.remove(name, uid), ttl.data.secondsAfterCompletion * 1000);
    }
    return this.find(name);
  }

  list(path: string, selector: string | undefined): ListPage {
    const objects: unknown[] = path === PROJECTS_PATH ? [PROJECT_OBJECT] : [...this.workflows.values()];
    const items = objects.filter((object) => matches(Stored.parse(object), selector));
    return { items, resourceVersion: String(this.version), restarted: false };
  }

  /** Lines of a watch after a version; resolves when there is one, or its time is over, to where it goes on. */
  async watchFrom(
    path: string,
    after: number,
    selector: string | undefined,
    until: number,
  ): Promise<{ lines: unknown[]; next: number }> {
    if (after < this.compacted) {
      return { lines: [{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }], next: after };
    }
    for (;;) {
      const next = this.version;
      const lines = this.history
        .filter(({ version }) => path === WORKFLOWS_PATH && version > after)
        .flatMap(({ line, before }) => seenThrough(line, before, selector));
      if (lines.length > 0 || this.clock.now >= until) {
        return { lines, next };
      }
      await new Promise<void>((resolve) => {
        const timer = this.clock.start(resolve, until - this.clock.now);
        this.wake.push(() => {
          this.clock.clear(timer);
          resolve();
        });
      });
    }
  }

  /** The server forgets what was before, and whoever watches from there must list anew. */
  compact(): void {
    this.compacted = this.version;
  }

  private finish(name: string, uid: string, phase: 'Succeeded' | 'Failed' | 'Error'): void {
    const found = this.workflows.get(name);
    if (found === undefined || found.metadata.uid !== uid || isFinished(found.status.phase)) {
      return;
    }
    const now = new Date(this.clock.now).toISOString();
    const shutdown = found.spec['shutdown'] !== undefined;
    const node = {
      id: name,
      name,
      displayName: name,
      type: 'Pod',
      templateName: 'main',
      phase,
      message: 'Error (exit code 1)',
      hostNodeName: 'node-1',
      startedAt: now,
      finishedAt: now,
    };
    this.put('MODIFIED', {
      ...found,
      metadata: { ...found.metadata, labels: { ...found.metadata.labels, [COMPLETED]: 'true' } },
      status: {
        phase: shutdown ? 'Failed' : phase,
        startedAt: found.metadata.creationTimestamp,
        finishedAt: now,
        nodes: phase === 'Failed' && !shutdown ? { [name]: node } : {},
      },
    });
  }

  private remove(name: string, uid: string): void {
    const found = this.workflows.get(name);
    if (found?.metadata.uid === uid) {
      this.put('DELETED', found);
    }
  }

  private put(type: Line['type'], object: Stored): void {
    this.version += 1;
    const { name, uid } = object.metadata;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    const before = this.workflows.get(name);
    if (type === 'DELETED') {
      this.workflows.delete(name);
    } else {
      this.workflows.set(name, stored);
      this.ever.set(uid, stored);
    }
    this.history.push({ version: this.version, line: { type, object: stored }, before });
    const woken = this.wake;
    this.wake = [];
    for (const resolve of woken) {
      resolve();
    }
  }

  private find(name: string): Stored {
    const found = this.workflows.get(name);
    if (found === undefined) {
      throw new KubeError(404, 'NotFound', `${name}: 404 NotFound`);
    }
    return found;
  }
}

/** Whether the run of a Workflow was told to stop. */
export const wasStopped = ({ spec }: Stored): boolean => spec['shutdown'] !== undefined;
/** How a Workflow was reported; undefined: not yet. */
export const reportedAs = ({ metadata }: Stored): string | undefined => metadata.annotations[Annotation.reported];

/** What a watch with a selector says: an object that does not match any more is gone for it. */
function seenThrough(line: Line, before: Stored | undefined, selector: string | undefined): Line[] {
  const was = before !== undefined && matches(before, selector);
  const is = line.type !== 'DELETED' && matches(line.object, selector);
  if (is) {
    return [{ type: was ? 'MODIFIED' : 'ADDED', object: line.object }];
  }
  return was ? [{ type: 'DELETED', object: line.object }] : [];
}

function matches({ metadata: { labels } }: Stored, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [name = '', value] = part.split(/!?=/);
      return value === undefined
        ? name in labels
        : part.includes('!=')
          ? labels[name] !== value
          : labels[name] === value;
    });
}

const PROJECT_OBJECT = {
  metadata: { name: projectObjectName(PROJECT), generation: 1 },
  spec: { gerritName: PROJECT },
  status: {
    namespace: NAMESPACE,
    observedGeneration: 1,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Provisioned',
        message: '',
        lastTransitionTime: '2026-11-23T10:00:00Z',
        observedGeneration: 1,
      },
    ],
  },
};
