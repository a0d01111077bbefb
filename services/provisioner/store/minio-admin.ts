import { sign } from 'aws4';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { messageOf, TransientError } from '../../shared/errors';
import type { StoreKey } from '../namespaces/store-keys';
import { sealAdminBody } from './seal-admin-body';

export interface MinioAdminOptions {
  /** host:port. */
  readonly endpoint: string;
  readonly insecure: boolean;
  readonly region: string;
  /** Key of the account that manages users; read for every call, for it may be rotated. */
  readonly key: () => StoreKey;
}

const API = '/minio/admin/v3';
const DEADLINE_MS = 10_000;
const CONNECTIONS = 8;

const Group = z.object({ members: z.array(z.string()).nullish() });
const Refusal = z.object({ Code: z.string(), Message: z.string().default('') });

/** What MinIO answered that is not a success; `code` is its own word, such as `XMinioAdminNoSuchUser`. */
export class MinioError extends TransientError {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The four calls of MinIO's admin API that projects' accounts need: nothing but its own signature and sealing, so no
 * process of `mc` for each of ten thousand projects.
 *
 * Rejects with `MinioError` when the store refuses and `TransientError` when it cannot be reached.
 */
export class MinioAdmin {
  private readonly dispatcher: Dispatcher = new Agent({ connections: CONNECTIONS });

  constructor(private readonly options: MinioAdminOptions) {}

  /** Makes the user, or gives it another secret key. */
  async putUser({ accessKey, secretKey }: StoreKey): Promise<void> {
    const body = JSON.stringify({ secretKey, status: 'enabled' });
    await this.call('PUT', `/add-user?accessKey=${encodeURIComponent(accessKey)}`, (own) => sealAdminBody(own, body));
  }

  /** Deletes the user; none there is as good. */
  async removeUser(accessKey: string): Promise<void> {
    try {
      await this.call('DELETE', `/remove-user?accessKey=${encodeURIComponent(accessKey)}`);
    } catch (error) {
      if (!(error instanceof MinioError && error.code === 'XMinioAdminNoSuchUser')) {
        throw error;
      }
    }
  }

  /** Puts users into a group, which gives them its policy; who is in it stays. */
  async addToGroup(group: string, members: readonly string[]): Promise<void> {
    const body = JSON.stringify({ group, members, groupStatus: 'enabled', isRemove: false });
    await this.call('PUT', '/update-group-members', () => Buffer.from(body, 'utf8'));
  }

  /** Users in a group; none where there is no such group. */
  async membersOf(group: string): Promise<string[]> {
    try {
      const text = await this.call('GET', `/group?group=${encodeURIComponent(group)}`);
      return Group.parse(JSON.parse(text)).members ?? [];
    } catch (error) {
      if (error instanceof MinioError && error.code === 'XMinioAdminNoSuchGroup') return [];
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
  }

  /** Resolves to what the store answered. */
  private async call(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    bodyFor?: (ownSecretKey: string) => Buffer,
  ): Promise<string> {
    const { endpoint, insecure, region, key } = this.options;
    const { accessKey, secretKey } = key();
    const body = bodyFor?.(secretKey);
    const [operation = path] = path.split('?');
    const signed = sign(
      { host: endpoint, method, path: API + path, service: 's3', region, ...(body === undefined ? {} : { body }) },
      { accessKeyId: accessKey, secretAccessKey: secretKey },
    );
    const headers = Object.fromEntries(
      Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    let answer: { status: number; text: string };
    try {
      const response = await request(`${insecure ? 'http' : 'https'}://${endpoint}${API}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(DEADLINE_MS),
        dispatcher: this.dispatcher,
        ...(body === undefined ? {} : { body }),
      });
      answer = { status: response.statusCode, text: await response.body.text() };
    } catch (error) {
      throw new TransientError(`artifact store, ${operation}: ${messageOf(error)}`, { cause: error });
    }
    if (answer.status < 200 || answer.status > 299) {
      const { Code, Message } = parseRefusal(answer.text);
      throw new MinioError(Code, `artifact store, ${operation}: ${answer.status} ${Code}: ${Message}`);
    }
    return answer.text;
  }
}

function parseRefusal(text: string): z.infer<typeof Refusal> {
  try {
    return Refusal.parse(JSON.parse(text));
  } catch {
    return { Code: 'Unknown', Message: text.slice(0, 200) };
  }
}
