import { STORE_PROJECTS_GROUP } from '../../../core/project';
import type { StoreConfig } from '../../../core/service-config';
import type { StoreKey } from '../namespaces/store-keys';
import { MinioAdmin } from './minio-admin';

/** Calls for the group within this time go out as one: it is a single object of the store. Milliseconds. */
const GATHER_MS = 20;

interface Waiting {
  readonly members: string[];
  readonly done: Promise<void>;
}

/**
 * The projects' accounts at the artifact store: one user a namespace, named like it, in the one group whose policy is
 * "your own prefix". Every call is safe to repeat. Rejects with `TransientError`.
 */
export class MinioStore {
  private readonly admin: MinioAdmin;
  private waiting: Waiting | undefined;

  /** `key`: of the account that makes users and puts them into the group, and can do nothing else. */
  constructor({ endpoint, insecure, region }: StoreConfig, key: () => StoreKey) {
    this.admin = new MinioAdmin({ endpoint, insecure, region, key });
  }

  /** The namespace's key opens its prefix from now on, and one it had before no longer. */
  async ensure(namespace: string, key: StoreKey): Promise<void> {
    if (key.accessKey !== namespace) {
      throw new Error(`access key '${key.accessKey}' is not namespace '${namespace}'; its policy goes by that name`);
    }
    await this.admin.putUser(key);
    await this.join(namespace);
  }

  /** The namespace's key opens nothing any more. What is stored stays until the bucket's lifecycle removes it. */
  async remove(namespace: string): Promise<void> {
    await this.admin.removeUser(namespace);
  }

  /** Namespaces that have an account. */
  async namespaces(): Promise<ReadonlySet<string>> {
    return new Set(await this.admin.membersOf(STORE_PROJECTS_GROUP));
  }

  async close(): Promise<void> {
    await this.admin.close();
  }

  private join(member: string): Promise<void> {
    if (this.waiting === undefined) {
      const members: string[] = [];
      const done = new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)).then(() => {
        this.waiting = undefined;
        return this.admin.addToGroup(STORE_PROJECTS_GROUP, members);
      });
      this.waiting = { members, done };
    }
    this.waiting.members.push(member);
    return this.waiting.done;
  }
}
