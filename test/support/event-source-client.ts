import { credentials, type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { z } from 'zod';
import { EventReference } from '../../core/decision';
import { protoPath } from '../../services/shared/proto-path';

const BusEvent = z.object({ name: z.string(), payload: z.instanceof(Buffer) });

/** What an EventSource pod does: asks for one pipeline's events and keeps what comes. */
export class EventSourceClient {
  readonly references: EventReference[] = [];
  /** Why the stream ended, when it did. */
  failure: string | undefined;
  private readonly end: () => void;

  /** `onReference`: what is done with each, besides being kept. */
  constructor(port: number, pipeline: string, onReference: (reference: EventReference) => void = () => undefined) {
    const { generic } = loadPackageDefinition(loadSync(protoPath('generic.proto'))) as { generic: GrpcObject };
    const Eventing = generic['Eventing'] as ServiceClientConstructor;
    const client = new Eventing(`127.0.0.1:${port}`, credentials.createInsecure());
    const stream = client['StartEventSource']?.({ name: pipeline, config: Buffer.from(pipeline) });
    stream.on('data', (event: unknown) => {
      const reference = EventReference.parse(JSON.parse(BusEvent.parse(event).payload.toString('utf8')));
      this.references.push(reference);
      onReference(reference);
    });
    stream.on('error', (error: Error) => {
      this.failure = error.message;
    });
    this.end = () => {
      stream.cancel();
      client.close();
    };
  }

  close(): void {
    this.end();
  }
}
