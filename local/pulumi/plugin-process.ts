import * as grpc from '@grpc/grpc-js';

/** The engine sends whole objects and stacks: allow what upstream's plug-ins allow. Bytes. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const PARENT_CHECK_MS = 1000;

export const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
};

/** The engine's own address: the first argument that is not a flag. Undefined when the engine will say it in a handshake. */
export function engineAddressFrom(argv: readonly string[]): string | undefined {
  return argv.find((argument) => !argument.startsWith('-'));
}

/**
 * Serves a Pulumi plug-in: listens on a free loopback port and prints the port, which is how the engine learns of it.
 * Ends with the process that started it, so a killed engine leaves nothing behind.
 */
export async function servePlugin(addServices: (server: grpc.Server) => void): Promise<void> {
  const server = new grpc.Server(CHANNEL_OPTIONS);
  addServices(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  process.stdout.write(`${port}\n`);
  endWithParent();
}

function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, PARENT_CHECK_MS).unref();
}

/** Adapts an async function to a gRPC handler. What it throws becomes the call's error, with its status details if it has any. */
export function unary<Request, Response>(
  handle: (request: Request) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error), null),
      );
  };
}

/** An error whose gRPC form carries more than its message. */
export class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(
    readonly code: grpc.status,
    message: string,
    readonly metadata: grpc.Metadata = new grpc.Metadata(),
  ) {
    super(message);
  }
}

function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  if (error instanceof StatusError) return { code: error.code, details: error.message, metadata: error.metadata };
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
