import { type ApiServer, type ApplyOptions, isStatus } from './api-server';
import { isObject, type Json, type JsonObject } from './json';
import { KindDiscovery, objectPath, type ServedKind } from './kind-discovery';
import type { ObjectKey } from './kube-object';
import type { Surroundings } from './readiness/judgement';

/** The server serves no such kind, now. */
export class UnknownKindError extends Error {
  override readonly name = 'UnknownKindError';

  constructor(key: ObjectKey) {
    super(`the server knows no kind ${key.kind} in ${key.apiVersion}; is its CustomResourceDefinition installed?`);
  }
}

/** Objects of one cluster, by key rather than by path. */
export class Cluster implements Surroundings {
  readonly kinds: KindDiscovery;

  constructor(readonly server: ApiServer) {
    this.kinds = new KindDiscovery(server);
  }

  /** The object; undefined when it, its namespace or its kind is not there. */
  async find(key: ObjectKey): Promise<JsonObject | undefined> {
    const served = await this.kinds.find(key.apiVersion, key.kind);
    return served === undefined ? undefined : this.get(objectPath(key, served));
  }

  /** Server-side apply. Rejects with `UnknownKindError` if the kind does not appear within `patienceMs`. */
  async apply(key: ObjectKey, object: JsonObject, options: ApplyOptions, patienceMs = 0): Promise<JsonObject> {
    return this.server.apply(objectPath(key, await this.served(key, patienceMs)), object, options);
  }

  /** Starts an object's deletion. Resolves also when it is not there. */
  async delete(key: ObjectKey, propagationPolicy: string): Promise<void> {
    const served = await this.kinds.find(key.apiVersion, key.kind);
    if (served === undefined) return;
    try {
      await this.server.delete(objectPath(key, served), { propagationPolicy });
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }

  async get(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.server.get(path);
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async list(path: string): Promise<readonly JsonObject[]> {
    const items: Json | undefined = (await this.get(path))?.['items'];
    return Array.isArray(items) ? items.filter(isObject) : [];
  }

  private async served(key: ObjectKey, patienceMs: number): Promise<ServedKind> {
    const served = await this.kinds.wait(key.apiVersion, key.kind, patienceMs);
    if (served === undefined) throw new UnknownKindError(key);
    return served;
  }
}
