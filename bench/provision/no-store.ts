import type { Store, StoreKey } from '../../services/provisioner/namespaces/store-keys';

/** Where there is no artifact store: it knows which accounts there should be, and their keys open nothing. */
export class NoStore implements Store {
  private readonly accounts = new Set<string>();

  async ensure(namespace: string, _key: StoreKey): Promise<void> {
    this.accounts.add(namespace);
  }

  async remove(namespace: string): Promise<void> {
    this.accounts.delete(namespace);
  }

  async namespaces(): Promise<ReadonlySet<string>> {
    return this.accounts;
  }
}
