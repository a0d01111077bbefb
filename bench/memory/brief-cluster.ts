import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { WORKFLOW_API } from '../../core/argo-workflow';
import { Annotation } from '../../core/labels';
import { PROJECTS_PATH } from '../../core/project';
import { namespaceForProject, projectObjectName } from '../../core/project-name';
import { KubeError } from '../../services/shared/kube-client';
import type { ListPage } from '../../services/shared/kube-list';

const ALL = `/apis/${WORKFLOW_API.group}/${WORKFLOW_API.version}/${WORKFLOW_API.plural}`;
const COMPLETED = 'workflows.argoproj.io/completed';
const Manifest = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
});
const Reported = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) });

type Line = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: unknown };

/** One who watches, and what was not read yet. */
class Watcher {
  private readonly lines: Line[] = [];
  private wake: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wake(), { once: true });
  }

  push(line: Line): void {
    this.lines.push(line);
    this.wake();
  }

  /** Undefined once the signal has fired. */
  async next(): Promise<Line | undefined> {
    while (this.lines.length === 0 && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.lines.shift();
  }
}

/**
 * An API server with Argo behind it that keeps nothing: a Workflow has ended well as soon as it was made, and is gone as soon as
 * it was reported. What grows beside it is ours. Real ones take ten milliseconds a Workflow: a million events would take a day.
 */
export class BriefCluster {
  private readonly there = new Map<string, z.infer<typeof Manifest>>();
  private readonly running = new Set<Watcher>();
  private readonly watchers = new Set<Watcher>();
  /** Workflows that were reported. */
  reported = 0;

  constructor(private readonly projects: readonly string[]) {}

  async create(_path: string, body: unknown): Promise<unknown> {
    const manifest = Manifest.parse(body);
    const { metadata } = manifest;
    const now = new Date().toISOString();
    const made = {
      ...manifest,
      metadata: { ...metadata, uid: randomUUID(), creationTimestamp: now, resourceVersion: '1' },
    };
    this.there.set(metadata.name, made);
    this.tell(this.running, { type: 'ADDED', object: made });
    this.tell(this.watchers, { type: 'ADDED', object: made });
    setImmediate(() => this.end(made, now));
    return made;
  }

  async get(path: string): Promise<unknown> {
    const [place = ''] = path.split('?');
    if (place.endsWith(`/${WORKFLOW_API.plural}`) || place.endsWith('/pods')) return { items: [] };
    const found = this.there.get(place.slice(place.lastIndexOf('/') + 1));
    if (place.includes(`/${WORKFLOW_API.plural}/`) && found !== undefined) return found;
    throw new KubeError(404, 'NotFound', `GET ${path}: 404 NotFound`);
  }

  async patch(path: string, _type: string, body: unknown): Promise<unknown> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = this.there.get(name);
    if (found === undefined) throw new KubeError(404, 'NotFound', `PATCH ${path}: 404 NotFound`);
    if (Reported.parse(body).metadata.annotations[Annotation.reported] !== undefined) {
      this.there.delete(name);
      this.reported += 1;
      this.tell(this.watchers, { type: 'DELETED', object: found });
    }
    return found;
  }

  async text(): Promise<string> {
    return '';
  }

  async *list(path: string): AsyncGenerator<ListPage> {
    const items: readonly unknown[] = path === PROJECTS_PATH ? this.projects.map(projectObject) : [];
    yield { items, resourceVersion: '1', restarted: false };
  }

  async *watch(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
    const watcher = new Watcher(signal);
    const [place = '', query] = path.split('?');
    const wantsRunning = (new URLSearchParams(query).get('labelSelector') ?? '').includes(COMPLETED);
    const group = place !== ALL ? undefined : wantsRunning ? this.running : this.watchers;
    group?.add(watcher);
    try {
      for (let line = await watcher.next(); line !== undefined; line = await watcher.next()) yield line;
    } finally {
      group?.delete(watcher);
    }
  }

  /** Argo's last word: for whoever follows those that run it is gone. */
  private end(made: z.infer<typeof Manifest>, now: string): void {
    const { metadata } = made;
    const ended = {
      ...made,
      metadata: { ...metadata, labels: { ...metadata.labels, [COMPLETED]: 'true' } },
      status: { phase: 'Succeeded', startedAt: now, finishedAt: now },
    };
    this.tell(this.running, { type: 'DELETED', object: ended });
    this.tell(this.watchers, { type: 'MODIFIED', object: ended });
  }

  private tell(watchers: ReadonlySet<Watcher>, line: Line): void {
    for (const watcher of watchers) watcher.push(line);
  }
}

const projectObject = (project: string) => ({
  metadata: { name: projectObjectName(project), generation: 1 },
  spec: { gerritName: project },
  status: {
    namespace: namespaceForProject(project),
    observedGeneration: 1,
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Provisioned', message: '', lastTransitionTime: '2026-11-23T10:00:00Z' },
    ],
  },
});
