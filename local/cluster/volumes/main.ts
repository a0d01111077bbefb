/**
 * Gives claims of StorageClass `local` folders on the node. It looks once a second at everything there is: with one
 * node and a handful of claims that is simpler than a watch, and nothing can be missed.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { z } from 'zod';
import { Claim, planVolumes, renderVolume, Volume, type VolumeAction } from './plan-volumes';

const LOOK_EVERY_MS = 1_000;
const log = pino({ name: 'volume-provisioner' });

async function act(action: VolumeAction, api: CoreV1Api, root: string): Promise<void> {
  const path = join(root, action.folder);
  if (action.kind === 'create') {
    await mkdir(path, { recursive: true });
    // For whatever user the pod runs as; the folder above is closed to the machine's other users.
    await chmod(path, 0o777);
    await api.createPersistentVolume({ body: renderVolume(action.name, action.claim, path) }).catch(unless(409));
  } else {
    await rm(path, { recursive: true, force: true });
    await api.deletePersistentVolume({ name: action.name }).catch(unless(404));
  }
  log.info({ volume: action.name, path }, action.kind === 'create' ? 'volume made' : 'volume removed');
}

function unless(code: number): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ApiException && error.code === code)) {
      throw error;
    }
  };
}

async function main(): Promise<void> {
  const environment = z.object({ VOLUMES: z.string().startsWith('/') }).parse(process.env);
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = config.makeApiClient(CoreV1Api);
  await mkdir(environment.VOLUMES, { recursive: true, mode: 0o711 });
  log.info('started');
  for (;;) {
    try {
      const claims = await api.listPersistentVolumeClaimForAllNamespaces();
      const volumes = await api.listPersistentVolume();
      const actions = planVolumes(z.array(Claim).parse(claims.items), z.array(Volume).parse(volumes.items));
      for (const action of actions) {
        await act(action, api, environment.VOLUMES);
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look after volumes; trying again');
    }
    await sleep(LOOK_EVERY_MS);
  }
}

void main();
