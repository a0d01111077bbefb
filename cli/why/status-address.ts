import { localFiles } from '../local-files';
import { readStackInputs } from '../read-stack-inputs';

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
  const file = configFile ?? (stack === LOCAL ? (await localFiles()).configFile : undefined);
  return readStackInputs(stack, file).config.system.statusUrl;
}
