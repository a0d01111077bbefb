import { pino } from 'pino';
import { isReady, PROJECTS_PATH, ProjectObject } from '../../core/project';
import { connectLocal, type LocalSystem } from '../../local/connect';
import { demoDefinition } from '../../local/demo/demo-definition';
import { localImage, removeProject } from '../../local/own-project';
import { follow } from '../../services/shared/follow';
import { alternate, type Side } from '../alternate';
import { Arrivals } from '../latency/arrivals';
import { type Benchmark, compare } from '../measurement';
import { withPollingLoop } from './polling-peer';

const TIMES = 12;
const PATIENCE_MS = 120_000;
const PEER = 'a loop of git ls-remote once a second and kubectl apply of the Project, the same provisioner behind it';

/** From a pushed definition to a namespace that runs can go to: on the running system, both sides in turn. */
export const selfServe: Benchmark = {
  names: {
    'self-serve.p50': `s from committing and pushing a definition to its Project's Ready, beside ${PEER}; median`,
    'self-serve.p95': 'the same, 95 % quantile',
  },
  run: async (progress) => {
    const system = await connectLocal();
    const rig = await Rig.prepare(system);
    try {
      const samples = await alternate(TIMES, { ours: () => rig.ours(), peer: () => rig.peer() }, progress);
      return (['p50', 'p95'] as const).map((quantile) =>
        compare({ name: `self-serve.${quantile}`, unit: 's', peer: PEER }, samples, quantile === 'p50' ? 0.5 : 0.95),
      );
    } finally {
      await rig.close();
      await system.gerrit.close();
    }
  },
};

/** One watch of Projects for both sides, and their projects in Gerrit. */
class Rig {
  private readonly ready = new Arrivals<ProjectObject>();
  private readonly stopping = new AbortController();
  private readonly made: string[] = [];
  private readonly following: Promise<void>;

  private constructor(
    private readonly system: LocalSystem,
    private readonly definition: string,
    onSynced: () => void,
  ) {
    this.following = follow({
      kube: system.kube,
      path: PROJECTS_PATH,
      log: pino({ level: 'silent' }),
      signal: this.stopping.signal,
      onSynced,
      onGone: () => undefined,
      onObject: (object) => {
        const at = performance.now();
        const project = ProjectObject.parse(object);
        if (isReady(project)) {
          this.ready.note(project.spec.gerritName, project, at);
        }
      },
    });
  }

  static async prepare(system: LocalSystem): Promise<Rig> {
    const definition = demoDefinition(await localImage(system.kube, 'busybox'));
    return new Promise((resolve) => {
      const rig: Rig = new Rig(system, definition, () => resolve(rig));
    });
  }

  readonly ours: Side = () => this.measure('seakeeper/check.yaml', (_project, push) => push());

  /** In a folder that self-serve does not look at: it must not be served by both. */
  readonly peer: Side = () => this.measure('definitions/check.yaml', withPollingLoop);

  async close(): Promise<void> {
    await Promise.all(this.made.map((project) => removeProject(this.system, project)));
    this.stopping.abort();
    await this.following;
  }

  private async measure(
    file: string,
    around: (project: string, push: () => Promise<void>) => Promise<void>,
  ): Promise<number> {
    const project = `bench-serve-${Date.now().toString(36)}`;
    await this.system.gerrit.createProject(project);
    this.made.push(project);
    let pushedAt = 0;
    await around(project, async () => {
      // The commit and the push themselves count, for both sides alike.
      pushedAt = performance.now();
      await this.system.gerrit.pushDefinition(project, { [file]: this.definition });
    });
    const { at } = await this.ready.of(project, PATIENCE_MS);
    return (at - pushedAt) / 1000;
  }
}
