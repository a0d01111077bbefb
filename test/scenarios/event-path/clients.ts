import type { Decision } from '../../../core/decision';
import { readHistory } from '../../../services/gateway/change-histories';
import type { LoggedEvents } from '../../../services/gateway/events-log/events-log-client';
import type { GatewayCore } from '../../../services/gateway/gateway-core';
import type { DurableFeed } from '../../../services/gateway/ledger/durable-feed';
import type { Ledger } from '../../../services/gateway/ledger/ledger';
import type { GerritClient } from '../../../services/shared/gerrit-client';
import type { ListOptions } from '../../../services/shared/kube-list';
import type { LedgerClient } from '../../../services/shared/ledger-client';
import type { Link } from './link';
import type { ModelGerrit } from './model-gerrit';
import type { ModelKube } from './model-kube';
import type { Process } from './process';
import type { VirtualClock } from './virtual-clock';

type GerritVerbs = Pick<
  GerritClient,
  | 'findChange'
  | 'listTips'
  | 'patchSetComments'
  | 'queryChanges'
  | 'findTip'
  | 'findFile'
  | 'postReview'
  | 'groups'
  | 'capabilities'
  | 'isConfigVisible'
  | 'findFiles'
  | 'findCommentPaths'
  | 'countLines'
  | 'findGroup'
  | 'findAccount'
  | 'groupsOf'
>;

const nobodyAsks = async () => {
  throw new Error('no pipeline and no step of the model needs it');
};

/** Gerrit's REST as a process reaches it. */
export function gerritClient(process: Process, link: Link, gerrit: ModelGerrit): GerritVerbs {
  const call = <Answer>(point: string, effect: () => Promise<Answer>) =>
    link.carry(process, `${process.name} ${point}`, effect);
  return {
    findChange: (project, number) => call('find-change', () => gerrit.findChange(project, number)),
    patchSetComments: (project, number) => call('comments', () => gerrit.patchSetComments(project, number)),
    findTip: () => call('find-tip', gerrit.findTip),
    findFile: (project, commit) => call('find-file', () => gerrit.findFile(project, commit)),
    postReview: (review) => call('review', () => gerrit.postReview(review)),
    async *queryChanges(search) {
      for (let start = 0; ; ) {
        const page = await call('search', async () => gerrit.searchPage(search, start));
        yield* page.changes;
        start += page.changes.length;
        if (!page.more) {
          return;
        }
      }
    },
    groups: async () => [],
    capabilities: async () => ({ streamEvents: true }),
    isConfigVisible: async () => undefined,
    // No pipeline of the model has a timer.
    async *listTips() {},
    findFiles: nobodyAsks,
    findCommentPaths: nobodyAsks,
    countLines: nobodyAsks,
    findGroup: nobodyAsks,
    findAccount: nobodyAsks,
    groupsOf: nobodyAsks,
  };
}

/** Gerrit's events-log as the gateway reaches it; undefined: it has none. */
export function loggedEvents(process: Process, link: Link, { eventsLog }: ModelGerrit): LoggedEvents | undefined {
  return eventsLog.mode === 'none'
    ? undefined
    : {
        returnLimit: eventsLog.returnLimit,
        rowsBetween: (slice) => link.carry(process, `${process.name} events-log`, () => eventsLog.rowsBetween(slice)),
      };
}

/** What our services need of `KubeClient`. */
export interface KubeVerbs {
  create(path: string, body: unknown): Promise<unknown>;
  get(path: string): Promise<unknown>;
  text(path: string): Promise<string>;
  patch(path: string, type: string, body: unknown): Promise<unknown>;
  list(
    path: string,
    options?: ListOptions,
  ): ReturnType<import('../../../services/shared/kube-client').KubeClient['list']>;
  watch(path: string, signal: AbortSignal): AsyncGenerator<unknown>;
}

/** The kubelet of a busy node takes its time. */
const SLOWEST_LOG_MS = 6_000;

/** The API server as a process reaches it. */
export function kubeClient(process: Process, link: Link, kube: ModelKube, clock: VirtualClock): KubeVerbs {
  const call = <Answer>(point: string, effect: () => Promise<Answer>) =>
    link.carry(process, `${process.name} ${point}`, effect);
  return {
    create: (path, body) => call('create', () => kube.create(path, body)),
    get: (path) => call('get', () => kube.get(path)),
    patch: (path, _type, body) => call('patch', () => kube.patch(path, body)),
    text: () =>
      call('log', async () => {
        await clock.sleep(kube.random.between(0, SLOWEST_LOG_MS));
        return 'the last line';
      }),
    async *list(path, { selector } = {}) {
      yield await call('list', async () => kube.list(path, selector));
    },
    async *watch(path) {
      const [place = '', query] = path.split('?');
      const asked = new URLSearchParams(query);
      const until = clock.now + Number(asked.get('timeoutSeconds')) * 1000;
      const selector = asked.get('labelSelector') ?? undefined;
      for (let after = Number(asked.get('resourceVersion')); clock.now < until; ) {
        const from = after;
        const { lines, next } = await call('watch', () => kube.watchFrom(place, from, selector, until));
        after = next;
        yield* lines;
      }
    },
  };
}

/** The ledger's API as trigger and reporter reach it, without HTTP: what each call does is what `ledger-api.ts` does. */
export function ledgerClient(
  process: Process,
  link: Link,
  gateway: () => { readonly process: Process; readonly core: GatewayCore | undefined },
  clock: VirtualClock,
): Pick<
  LedgerClient,
  | 'findEvent'
  | 'putReceipt'
  | 'putDecision'
  | 'dryRun'
  | 'resend'
  | 'findRun'
  | 'decisions'
  | 'whyQuestions'
  | 'history'
> {
  const call = <Answer>(point: string, effect: (core: GatewayCore) => Promise<Answer>) =>
    link.carry(process, `${process.name} ${point}`, async () => {
      const { process: server, core } = gateway();
      return server.serve(async () => {
        if (core === undefined) {
          throw new Error('the gateway is starting');
        }
        return effect(core);
      });
    });
  /** Lines of a feed after a place, now or within the wait. */
  const feed = <Line>(feedOf: (ledger: Ledger) => DurableFeed<Line>, after: number, waitSeconds: number) =>
    call('feed', async ({ ledger }) => {
      const lines = feedOf(ledger).after(after, 500);
      if (lines.records.length > 0 || waitSeconds === 0) {
        return lines;
      }
      const waiting = new AbortController();
      await Promise.race([feedOf(ledger).waitForMore(waiting.signal), clock.sleep(waitSeconds * 1000)]);
      waiting.abort();
      return feedOf(ledger).after(after, 500);
    });
  return {
    findEvent: (key) => call('find-event', ({ ledger }) => ledger.events.find(key)),
    putReceipt: (key, pipeline) =>
      call('receipt', async ({ ledger, handOn }) => {
        const outcome = await ledger.receive(key, pipeline);
        if (outcome.kind === 'recorded') {
          handOn.received(key, pipeline);
          return 'received';
        }
        return outcome.kind === 'unknown' ? 'unknown' : 'decided';
      }),
    putDecision: (key, pipeline, decision: Decision) =>
      call('decision', async ({ ledger, handOn }) => {
        const outcome = await ledger.decide(key, pipeline, decision);
        if (outcome.kind === 'recorded') {
          handOn.decided(key, pipeline, decision);
        }
        return outcome.kind;
      }),
    dryRun: nobodyAsks,
    resend: () => call('resend', async ({ handOn }) => handOn.resend()),
    findRun: (uid) =>
      call('find-run', async ({ ledger }) => {
        const record = ledger.findRun(uid);
        const found = record && (await ledger.events.find(record.key));
        return record && found ? { record, event: found.event } : undefined;
      }),
    decisions: (after, waitSeconds) => feed(({ decisions }) => decisions, after, waitSeconds),
    whyQuestions: (after, waitSeconds) => feed(({ questions }) => questions, after, waitSeconds),
    history: (project, change, patchSet) =>
      call('history', ({ ledger }) => readHistory(ledger, () => ({}), { project, change, patchSet })),
  };
}
