import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureToolchain } from '../../local/toolchain/toolchain';
import { alternate } from '../alternate';
import { type Benchmark, compare } from '../measurement';
import { inputsOfSize } from '../render/bench-inputs';
import { timeCommand } from '../time-command';
import { AuditLog } from './audit-log';
import type { ControlPlane } from './control-plane';
import { startFullPlane } from './full-plane';
import { cpuSecondsOf, memoryOf } from './process-usage';
import { provisionerConfig } from './provisioner-config';
import { ProvisionerProcess } from './provisioner-process';
import { type ScaleObjects, scaleObjects } from './scale-objects';
import { scaleSize } from './scale-size';

const ROUNDS = 3;
/** Of kubectl, whose rate does not depend on how many there are. */
const SLICE = 50;
/** Time for the collector before the memory is read. */
const SETTLE_MS = 10_000;
const LIST = 'one paged LIST of the same kinds by client-go, 500 a page, kind after kind, in protobuf';
const KUBECTL = `\`kubectl apply --server-side\` of ${SLICE} projects' objects, unchanged`;
const INFORMER = 'client-go informers of the same kinds';
const METADATA = "client-go's metadata informers of the same kinds";

/**
 * A cluster where nothing is to be done: what it takes to find that out, and what it takes to keep watching. A resync that
 * writes anything at all, but its lease, is an error.
 */
export const provisionNoop: Benchmark = {
  names: {
    'provision.noop.list': `s of a full resync of 10,000 projects, which writes nothing, beside ${LIST}`,
    'provision.noop.cpu': `s of processor of the client in it, its start and ten idle seconds included, beside ${LIST}`,
    'provision.noop.kubectl': `objects/s found to be as they should, beside ${KUBECTL}`,
    'provision.rss': `MiB of the provisioner with 10,000 projects, beside ${INFORMER}`,
    'provision.rss.metadata': `MiB of the provisioner with 10,000 projects, beside ${METADATA}`,
  },
  run: async (progress) => {
    const count = scaleSize(10_000);
    const stack = scaleObjects(inputsOfSize(count));
    const plane = await startFullPlane(stack, progress);
    const cpu: Sides = { ours: [], peer: [] };
    const rss: Sides = { ours: [], peer: [] };
    const metadata: number[] = [];
    const rates: Sides = { ours: [], peer: [] };
    try {
      const ours = async () => {
        const resync = await resyncOnce(plane, stack);
        cpu.ours.push(resync.cpuSeconds);
        rss.ours.push(resync.rssMiB);
        rates.ours.push(resync.objects / resync.seconds);
        progress(`a full resync of ${resync.objects} objects wrote nothing`);
        return resync.seconds;
      };
      const peer = async () => {
        const listed = await plane.loader.list();
        cpu.peer.push(listed.cpuSeconds);
        rss.peer.push((await plane.loader.hold('informer')).rssMiB);
        metadata.push((await plane.loader.hold('metadata')).rssMiB);
        return listed.seconds;
      };
      const seconds = await alternate(ROUNDS, { ours, peer }, progress);
      rates.peer.push(await kubectlRate(plane));
      const of = (text: string) => `${text} (here ${count} projects)`;
      return [
        compare({ name: 'provision.noop.list', unit: 's', peer: of(LIST) }, seconds, 0.5),
        compare({ name: 'provision.noop.cpu', unit: 's', peer: of(LIST) }, cpu, 0.5),
        compare({ name: 'provision.noop.kubectl', unit: 'objects/s', peer: KUBECTL }, rates, 0.5),
        compare({ name: 'provision.rss', unit: 'MiB', peer: of(INFORMER) }, rss, 0.5),
        compare({ name: 'provision.rss.metadata', unit: 'MiB', peer: of(METADATA) }, { ...rss, peer: metadata }, 0.5),
      ];
    } finally {
      await plane.remove();
    }
  },
};

interface Sides {
  readonly ours: number[];
  readonly peer: number[];
}

/** A provisioner that starts, lists everything and finds it as it should be. Throws when it wrote. */
async function resyncOnce(plane: ControlPlane, stack: ScaleObjects) {
  const audit = new AuditLog(plane.server.auditLog);
  const mark = audit.mark();
  const provisioner = await ProvisionerProcess.start(plane, { name: 'ours', config: provisionerConfig(stack) });
  try {
    const { objects, seconds } = await provisioner.untilResynced();
    await sleep(SETTLE_MS);
    const cpuSeconds = cpuSecondsOf(provisioner.pid);
    const { rssMiB } = memoryOf(provisioner.pid);
    const writes = await audit.writesSince(mark);
    if (writes.length > 0) {
      throw new Error(`a resync without changes made ${writes.length} writes: ${JSON.stringify(writes.slice(0, 3))}`);
    }
    return { objects, seconds, cpuSeconds, rssMiB };
  } finally {
    await provisioner.stop();
  }
}

async function kubectlRate(plane: ControlPlane): Promise<number> {
  const kubectl = (await ensureToolchain(['kubernetes'])).binary('kubectl');
  const items = [...scaleObjects(inputsOfSize(SLICE)).objects()];
  const file = join(plane.folder, 'slice.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const seconds = await timeCommand([
    kubectl,
    ...[`--kubeconfig=${plane.server.kubeconfig}`, 'apply', '--server-side', '--field-manager=seakeeper-provisioner'],
    `--filename=${file}`,
  ]);
  rmSync(file);
  return items.length / seconds;
}
