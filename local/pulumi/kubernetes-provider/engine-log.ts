import { credentials } from '@grpc/grpc-js';
import { EngineClient } from '@pulumi/pulumi/proto/engine_grpc_pb';
import { LogRequest, LogSeverity } from '@pulumi/pulumi/proto/engine_pb';
import { CHANNEL_OPTIONS } from '../plugin-process';

/** What the user is told about one resource while the engine works on it. */
export interface ResourceLog {
  info(urn: string, message: string): void;
  warn(urn: string, message: string): void;
  /** Shown beside the resource while it is worked on, and not kept. */
  status(urn: string, message: string): void;
}

/** Writes to the engine's own log, which shows a line under its resource. */
export class EngineLog implements ResourceLog {
  private readonly client: EngineClient;

  constructor(address: string) {
    this.client = new EngineClient(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  info(urn: string, message: string): void {
    this.write(urn, message, LogSeverity.INFO, false);
  }

  warn(urn: string, message: string): void {
    this.write(urn, message, LogSeverity.WARNING, false);
  }

  status(urn: string, message: string): void {
    this.write(urn, message, LogSeverity.INFO, true);
  }

  private write(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
    const request = new LogRequest().setUrn(urn).setMessage(message).setSeverity(severity).setEphemeral(ephemeral);
    // The engine may be on its way out; a line that cannot be shown is no reason to fail.
    this.client.log(request, () => {});
  }
}
