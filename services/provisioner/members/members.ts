import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTS_PATH, ProjectObject } from '../../../core/project';
import type { MembersConfig, ProvisionerConfig } from '../../../core/service-config';
import { messageOf, TerminalError } from '../../shared/errors';
import { follow } from '../../shared/follow';
import type { GerritClient } from '../../shared/gerrit-client';
import type { KubeClient } from '../../shared/kube-client';
import type { Logger } from '../../shared/log';
import { type KnownProject, MembersController, type MembersControllerOptions } from './members-controller';
import { refreshSeconds } from './metrics';
import { planNextRefresh } from './plan-members';

/** Projects that appear are asked for together after so long. Milliseconds. */
const GATHER_MS = 300;
/** Longest wait before a changed configuration is seen. Milliseconds. */
const GLANCE_MS = 5_000;
/** Wait after a refresh that did not succeed, unless the refresh time is shorter. Milliseconds. */
const AGAIN_MS = 15_000;
/** Longest wait for what is under way when it is to stop. Milliseconds. */
const MOST_STOP_MS = 3_000;

export interface MembersParts {
  /** The configuration as it is now. */
  readonly config: () => Pick<ProvisionerConfig, 'members'>;
  /** Fenced: the leader writes, and nobody else. */
  readonly kube: KubeClient;
  /** Absent where no Gerrit is configured: then nobody follows it. */
  readonly gerrit?: Pick<GerritClient, 'accessOf' | 'findGroup'> | undefined;
  readonly log: Logger;
}

/**
 * Starts following Gerrit for the people of all Projects. New ones are asked for at once, all of them every
 * `refreshMinutes`. The function it returns stops that, and resolves when what is under way has ended or takes too long.
 */
export function startMembers(parts: MembersParts): () => Promise<void> {
  const stopping = new AbortController();
  const running = new Members(parts, stopping.signal).run();
  return async () => {
    stopping.abort();
    // A Gerrit that is silent is not waited for: what would still be written then, the fence refuses.
    await Promise.race([running, sleep(MOST_STOP_MS, undefined, { ref: false })]);
  };
}

class Members {
  private readonly projects = new Map<string, KnownProject>();
  /** Names that were never asked for. */
  private readonly fresh = new Set<string>();
  private readonly controller: MembersController;
  private wake: () => void = () => undefined;
  private isSynced = false;
  /** When all are asked for again. Milliseconds of `performance.now()`. */
  private refreshAt = 0;
  private lastConfig = '';

  constructor(
    private readonly parts: MembersParts,
    private readonly signal: AbortSignal,
  ) {
    const { kube, gerrit, log } = parts;
    this.controller = new MembersController({ kube, gerrit: gerrit ?? NO_GERRIT, log });
    signal.addEventListener('abort', () => this.wake());
  }

  async run(): Promise<void> {
    const { kube, log } = this.parts;
    const following = follow({
      kube,
      path: PROJECTS_PATH,
      log,
      signal: this.signal,
      onObject: (object, name) => this.see(object, name),
      onGone: (name) => {
        this.projects.delete(name);
        this.fresh.delete(name);
      },
      onSynced: () => {
        this.isSynced = true;
        this.wake();
      },
    });
    while (!this.signal.aborted) {
      await this.pass().catch((error: unknown) => {
        log.error({ reason: messageOf(error) }, 'people of projects could not be brought up to date');
      });
      await this.pause();
    }
    await following;
  }

  private see(object: unknown, name: string): void {
    const parsed = ProjectObject.safeParse(object);
    if (!parsed.success) {
      this.parts.log.error({ project: name, reason: parsed.error.message }, 'a Project object is malformed; ignored');
      return;
    }
    const { spec, status } = parsed.data;
    if (!this.projects.has(name)) {
      this.fresh.add(name);
      if (this.isSynced) this.wake();
    }
    this.projects.set(name, { name, gerritName: spec.gerritName, members: status?.members });
  }

  private async pass(): Promise<void> {
    const { members: config } = this.parts.config();
    if (!this.isSynced) return;
    if (!config.enabled || this.parts.gerrit === undefined) {
      this.lastConfig = '';
      return this.controller.forget([...this.projects.values()]);
    }
    const text = JSON.stringify(config);
    if (text !== this.lastConfig || performance.now() >= this.refreshAt) {
      await this.refreshAll(config);
      this.lastConfig = text;
    } else if (this.fresh.size > 0) {
      await this.refreshFresh(config);
    }
  }

  private async refreshAll(config: MembersConfig): Promise<void> {
    const refreshMs = config.refreshMinutes * 60_000;
    const start = performance.now();
    this.fresh.clear();
    let outcome = 'failed';
    // Whatever goes wrong, the next time is not at once.
    this.refreshAt = start + Math.min(AGAIN_MS, refreshMs / 2);
    try {
      const answered = await this.controller.refresh([...this.projects.values()], config, this.signal);
      outcome = answered ? 'complete' : 'partial';
      const tookMs = performance.now() - start;
      if (answered) this.refreshAt = start + planNextRefresh(refreshMs, tookMs);
    } finally {
      refreshSeconds.observe({ outcome }, (performance.now() - start) / 1000);
    }
  }

  private async refreshFresh(config: MembersConfig): Promise<void> {
    const names = [...this.fresh];
    this.fresh.clear();
    const projects = names.flatMap((name) => this.projects.get(name) ?? []);
    let answered = false;
    try {
      answered = await this.controller.refresh(projects, config, this.signal);
    } finally {
      // Those that were not answered for come with all others.
      if (!answered) this.refreshAt = 0;
    }
  }

  /** Until the next refresh, a new Project, or time to look at the configuration. */
  private async pause(): Promise<void> {
    const untilRefresh = this.fresh.size > 0 ? 0 : this.refreshAt - performance.now();
    const waitMs = Math.min(GLANCE_MS, Math.max(untilRefresh, GATHER_MS));
    const awake = new AbortController();
    this.wake = () => awake.abort();
    if (this.signal.aborted) return;
    await sleep(waitMs, undefined, { signal: awake.signal }).catch(() => undefined);
    this.wake = () => undefined;
    if (awake.signal.aborted) await sleep(GATHER_MS, undefined, { signal: this.signal }).catch(() => undefined);
  }
}

const NO_GERRIT: MembersControllerOptions['gerrit'] = {
  accessOf: () => Promise.reject(new TerminalError('no Gerrit is configured')),
  findGroup: () => Promise.reject(new TerminalError('no Gerrit is configured')),
};
