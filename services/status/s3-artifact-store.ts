import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import type { StoreConfig } from '../../core/service-config';
import type { ArtifactStore } from './ports';

/** The artifact store over S3, with a key that reads objects and can do nothing else. */
export class S3ArtifactStore implements ArtifactStore {
  private readonly client: S3Client;

  constructor(
    private readonly config: StoreConfig,
    credentials: () => { accessKeyId: string; secretAccessKey: string },
  ) {
    this.client = new S3Client({
      endpoint: `${config.insecure ? 'http' : 'https'}://${config.endpoint}`,
      region: config.region,
      forcePathStyle: true,
      // Without a moment at which it expires the SDK keeps a key for ever, and a rotated one would need new pods.
      credentials: async () => ({ ...credentials(), expiration: new Date() }),
      maxAttempts: 2,
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.config.bucket, Prefix: prefix }));
    return (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
  }

  async read(key: string): Promise<{ body: Readable; bytes: number | undefined } | undefined> {
    try {
      const object = await this.client.send(new GetObjectCommand({ Bucket: this.config.bucket, Key: key }));
      return object.Body instanceof Readable ? { body: object.Body, bytes: object.ContentLength } : undefined;
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return undefined;
      }
      throw error;
    }
  }

  close(): void {
    this.client.destroy();
  }
}
