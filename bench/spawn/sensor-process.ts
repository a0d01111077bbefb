import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ServiceAccounts } from '../../core/access';
import { ensureToolchain } from '../../local/toolchain/toolchain';
import { until } from '../../local/until';
import { endProcess } from '../event-path/service-process';
import { accountKubeconfig } from '../provision/account-kubeconfig';
import type { ControlPlane } from '../provision/control-plane';
import type { Bus } from './bus';

/** What the stack says of the stream. */
const STREAM_CONFIG = JSON.stringify({ maxMsgs: 50_000, maxAge: '168h', replicas: 1, duplicates: '300s' });

/** A Sensor object as its controller hands it to the process. */
export interface SensorObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
}

/**
 * Argo's own Sensor, the binary of its image, as a process of this machine. It acts with the trigger's account: the one that
 * may make Workflows. One at a time: its metrics have a fixed port.
 */
export class SensorProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts it and waits until its one trigger subscribes: what is published from then on it gets. */
  static async start(plane: ControlPlane, bus: Bus, sensor: SensorObject): Promise<SensorProcess> {
    const toolchain = await ensureToolchain(['argo-events', 'argo-workflows']);
    const before = (await bus.stream())?.consumers ?? 0;
    const logFile = join(plane.folder, `sensor-${sensor.metadata.name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(toolchain.binary('argo-events'), ['sensor-service'], {
      stdio: ['ignore', log, log],
      env: {
        // Trigger `argoWorkflow` runs `argo`, which Argo's image of the Sensor has beside it.
        PATH: `${dirname(toolchain.binary('argo'))}:${process.env['PATH']}`,
        HOME: plane.folder,
        KUBECONFIG: await accountKubeconfig(plane, ServiceAccounts.trigger),
        POD_NAME: sensor.metadata.name,
        EVENTBUS_SUBJECT: 'eventbus-bench',
        EVENTBUS_CONFIG: base64({ jetstream: { url: `nats://127.0.0.1:${bus.port}`, streamConfig: STREAM_CONFIG } }),
        SENSOR_OBJECT: base64(sensor),
      },
    });
    closeSync(log);
    const started = new SensorProcess(child);
    const look = async () => {
      if (child.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8').slice(-2_000));
      return ((await bus.stream())?.consumers ?? 0) > before;
    };
    await until(`Sensor ${sensor.metadata.name} subscribes`, look, 60_000, 50).catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    return started;
  }

  /** Stops it where it stands, and lets it go on. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }
  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await endProcess(this.child);
  }
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');
