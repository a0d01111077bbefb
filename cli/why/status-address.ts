import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStack } from '../../stacks/config/stack-file';

const PROJECT = join(__dirname, '../..');
const LOCAL = 'local';

export interface AddressOptions {
  /** Address that is given, which beats the stack's. */
  readonly url?: string;
  readonly stack: string;
  /** Configuration of the stack, when it is not `Pulumi.<stack>.yaml`. */
  readonly configFile?: string;
}

/** Base URL of the status pages, no trailing slash. Rejects with one line when it is none, or the stack cannot be read. */
export async function statusAddress({ url, stack, configFile }: AddressOptions): Promise<string> {
  if (url !== undefined) {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw new Error(`--url '${url}' is no address; give that of the status pages, such as https://ci.example.org`);
    }
    return url.replace(/\/+$/, '');
  }
  const own = `Pulumi.${stack}.yaml`;
  const file = configFile ?? (stack === LOCAL ? await localConfigFile() : undefined);
  const { config } = readStack(stack, (path) =>
    readFileSync(path === own && file !== undefined ? file : join(PROJECT, path), 'utf8'),
  );
  return config.system.statusUrl;
}

/** The embedded cluster's own, loaded only where it is meant. */
async function localConfigFile(): Promise<string> {
  const { localPaths } = await import('../../local/paths.js');
  const { localStackFiles } = await import('../../local/pulumi/local-stack.js');
  return localStackFiles(localPaths().pulumi).config;
}
