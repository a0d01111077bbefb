import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { Label } from '../../core/labels';
import type { RunAddress } from '../../core/permalink';
import { stepOutput } from '../../core/step-output';
import { changeOfName } from '../../core/workflow-name';
import { logKey, modelKeptRun, modelRun, type RecordedRun, type RunModel, storePrefix } from './model-run';
import type { ArtifactStore, PublicCluster } from './ports';
import type { Tails } from './render-pages';
import type { WhyReader } from './why-reader';

const TAIL_LINES = 200;
/** Steps whose log a page shows; the others are linked. */
const MOST_TAILS = 20;
const MOST_RUNS = 100;
/** Visitors share one look at the cluster for this long. Milliseconds. */
const RECENT_FOR_MS = 3_000;
const CONCURRENCY = 8;
/** Most of an archived log that a page is made of. Bytes. */
const MAX_TAIL_BYTES = 64 * 1024;

/** Runs of public projects as pages need them, from the cluster while they are there, and from store and ledger after. */
export class RunReader {
  private recent: { readonly at: number; readonly runs: Promise<readonly RunModel[]> } | undefined;

  constructor(
    private readonly cluster: PublicCluster,
    private readonly store: ArtifactStore,
    private readonly ledger: Pick<WhyReader, 'find'>,
  ) {}

  /** A run, or undefined when there is none to be seen. */
  async find(address: RunAddress): Promise<RunModel | undefined> {
    if (!this.cluster.namespaces().includes(address.namespace)) {
      return undefined;
    }
    const workflow = await this.cluster.find(address.namespace, address.workflow);
    if (workflow !== undefined) {
      return modelRun(workflow, address.pipeline, Date.now());
    }
    const [keys, recorded] = await Promise.all([this.store.list(storePrefix(address)), this.recorded(address)]);
    return modelKeptRun(address, keys, recorded);
  }

  /** Last lines of the logs of a run's steps, by pod. */
  async tails(run: RunModel): Promise<Tails> {
    const limit = pLimit(CONCURRENCY);
    // Failed ones first: theirs are what somebody came for.
    const steps = run.steps
      .filter(({ logPath }) => logPath !== undefined)
      .sort((one, other) => Number(other.failed) - Number(one.failed))
      .slice(0, MOST_TAILS);
    const tails = await Promise.all(
      steps.map(({ pod }) =>
        limit(async () => {
          const { namespace } = run.address;
          const tail = await this.cluster.log(namespace, pod, TAIL_LINES);
          return [pod, tail ?? (await this.archivedTail(run.address, pod))] as const;
        }),
      ),
    );
    return new Map(
      tails.flatMap(([pod, tail]) => (tail === undefined ? [] : [[pod, withoutColours(stepOutput(tail))] as const])),
    );
  }

  /** The whole log of one of a run's pods; undefined when there is none. */
  async log(run: RunModel, pod: string): Promise<Readable | undefined> {
    if (!run.steps.some((step) => step.pod === pod)) {
      return undefined;
    }
    const live = run.phase === 'Kept' ? undefined : await this.cluster.log(run.address.namespace, pod);
    return live === undefined
      ? (await this.store.read(logKey(run.address, pod)))?.body
      : Readable.from([stepOutput(live)]);
  }

  /** A file a run left, by its name under the run's own prefix. */
  async artifact(run: RunModel, name: string): Promise<{ body: Readable; bytes: number | undefined } | undefined> {
    const known = run.artifacts.some(({ path }) => decodeURIComponent(path) === `${run.path}/artifact/${name}`);
    return known ? this.store.read(storePrefix(run.address) + name) : undefined;
  }

  /** The newest runs of all public projects. */
  async newest(): Promise<readonly RunModel[]> {
    const now = Date.now();
    if (this.recent === undefined || now - this.recent.at > RECENT_FOR_MS) {
      const runs = this.readNewest(now);
      this.recent = { at: now, runs };
      runs.catch(() => {
        this.recent = undefined;
      });
    }
    return this.recent.runs;
  }

  /** What the ledger has of a run of a public change; nothing while it cannot be asked: the store's part is shown alone. */
  private async recorded({ namespace, pipeline, workflow }: RunAddress): Promise<RecordedRun | undefined> {
    const change = changeOfName(workflow, pipeline);
    const answer = change && (await this.ledger.find(change.number, change.patchSet).catch(() => undefined));
    const isNamed = answer?.patchSets
      .flatMap(({ pipelines }) => pipelines)
      .flatMap((each) => (each.pipeline === pipeline ? each.outcomes : []))
      .some((outcome) => outcome.kind === 'ran' && outcome.namespace === namespace && outcome.workflow === workflow);
    return change && answer && isNamed
      ? { project: answer.project, change: { number: String(change.number), patchSet: String(change.patchSet) } }
      : undefined;
  }

  private async readNewest(now: number): Promise<readonly RunModel[]> {
    const limit = pLimit(CONCURRENCY);
    const lists = await Promise.all(
      this.cluster.namespaces().map((namespace) => limit(() => this.cluster.list(namespace))),
    );
    return lists
      .flat()
      .flatMap((workflow) => modelRun(workflow, workflow.metadata.labels[Label.pipeline] ?? '', now) ?? [])
      .sort((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''))
      .slice(0, MOST_RUNS);
  }

  private async archivedTail(address: RunAddress, pod: string): Promise<string | undefined> {
    const object = await this.store.read(logKey(address, pod));
    if (object === undefined) {
      return undefined;
    }
    let tail = Buffer.alloc(0);
    for await (const chunk of object.body) {
      tail = Buffer.concat([tail, Buffer.from(chunk)]).subarray(-MAX_TAIL_BYTES);
    }
    return tail.toString('utf8').split('\n').slice(-TAIL_LINES).join('\n');
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is taken out
const COLOURS = /\u001b\[[0-?]*[ -/]*[@-~]/g;
const withoutColours = (text: string): string => text.replace(COLOURS, '');
