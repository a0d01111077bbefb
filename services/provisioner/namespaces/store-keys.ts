import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { DOMAIN, Label, MANAGED_BY } from '../../../core/labels';
import { ProjectNames, STORE_SECRET_KEYS } from '../../../core/project';
import { type KubeClient, KubeError } from '../../shared/kube-client';

/** A project's key at the artifact store. Its access key is the namespace's name. */
export interface StoreKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The artifact store's accounts, one a namespace. Every call is safe to repeat; each rejects when the store does not do it. */
export interface Store {
  /** The key opens the namespace's prefix from now on, and the one before it no longer. */
  ensure(namespace: string, key: StoreKey): Promise<void>;
  remove(namespace: string): Promise<void>;
  /** Namespaces that have an account. */
  namespaces(): Promise<ReadonlySet<string>>;
}

/** On the Secret: when its key was last changed. ISO 8601. */
const ROTATED_AT = `${DOMAIN}/rotated-at`;

const Metadata = z.object({
  name: z.string(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});
const StoreSecret = z.object({ metadata: Metadata, data: z.record(z.string(), z.string()).default({}) });

/** When the key in a Secret was made, milliseconds, from its metadata alone; 0 when it does not say. */
export function keyMadeAt(secret: unknown): number {
  const { annotations, creationTimestamp } = z.object({ metadata: Metadata }).parse(secret).metadata;
  const at = Date.parse(annotations[ROTATED_AT] ?? creationTimestamp ?? '');
  return Number.isNaN(at) ? 0 : at;
}

/** Makes, keeps and changes the key of each project, in Secret `artifact-store` of its namespace and at the store. */
export class StoreKeys {
  constructor(
    private readonly kube: KubeClient,
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  /** There is a key, and it opens the store. The Secret comes first: a key that only the store knew would be lost. */
  async open(namespace: string): Promise<void> {
    await this.store.ensure(namespace, (await this.create(namespace)) ?? (await this.read(namespace)));
  }

  /** The key that there is opens the store, which may have forgotten it. */
  async check(namespace: string): Promise<void> {
    await this.store.ensure(namespace, await this.read(namespace));
  }

  /** Namespaces that have an account. */
  async namespaces(): Promise<ReadonlySet<string>> {
    return this.store.namespaces();
  }

  /** The account is gone from the store. */
  async close(namespace: string): Promise<void> {
    await this.store.remove(namespace);
  }

  /**
   * Another key. An account has one at a time, so the Secret is changed first and the store at once after it: should we
   * end in between, the Secret's change brings whoever leads next to `open`, which makes the store follow. The other way
   * round nobody would know. Called when no run is under way: a pod that has the old key could store nothing any more.
   */
  async rotate(namespace: string): Promise<void> {
    const path = secretPath(namespace);
    const present = StoreSecret.parse(await this.kube.get(path));
    const key = generateKey(namespace);
    await this.kube.patch(path, 'merge', {
      metadata: {
        resourceVersion: present.metadata.resourceVersion,
        annotations: { [ROTATED_AT]: new Date(this.now()).toISOString() },
      },
      stringData: stringData(key),
    });
    await this.store.ensure(namespace, key);
  }

  /** Undefined: there is one already, which is in use. */
  private async create(namespace: string): Promise<StoreKey | undefined> {
    const name = ProjectNames.storeSecret;
    const key = generateKey(namespace);
    try {
      await this.kube.create(`/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: { name, labels: { [Label.managedBy]: MANAGED_BY, [Label.partOf]: MANAGED_BY, [Label.name]: name } },
        stringData: stringData(key),
      });
      return key;
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'AlreadyExists') return undefined;
      throw error;
    }
  }

  private async read(namespace: string): Promise<StoreKey> {
    const path = secretPath(namespace);
    const { data } = StoreSecret.parse(await this.kube.get(path));
    const decode = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
    const key = { accessKey: decode(STORE_SECRET_KEYS.accessKey), secretKey: decode(STORE_SECRET_KEYS.secretKey) };
    if (key.accessKey === namespace && key.secretKey !== '') return key;
    // Somebody broke it; deleted, it is made anew.
    await this.kube.delete(path);
    throw new Error(`Secret ${namespace}/${ProjectNames.storeSecret} held no key of this project; it is made anew`);
  }
}

const secretPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets/${ProjectNames.storeSecret}`;

/** 240 random bits in characters that need no quoting anywhere. */
const generateKey = (accessKey: string): StoreKey => ({ accessKey, secretKey: randomBytes(30).toString('hex') });

const stringData = ({ accessKey, secretKey }: StoreKey) => ({
  [STORE_SECRET_KEYS.accessKey]: accessKey,
  [STORE_SECRET_KEYS.secretKey]: secretKey,
});
