import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const AuditEvent = z.object({
  verb: z.string(),
  userAgent: z.string().default(''),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({
      resource: z.string().default(''),
      subresource: z.string().default(''),
      namespace: z.string().default(''),
      name: z.string().default(''),
    })
    .optional(),
  responseStatus: z.object({ code: z.number() }).optional(),
  requestReceivedTimestamp: z.string(),
  stageTimestamp: z.string(),
});

/** One write that the API server answered. */
export interface AuditedWrite {
  readonly verb: string;
  readonly user: string;
  /** What the client calls itself. */
  readonly agent: string;
  /** `resource`, or `resource/subresource`. */
  readonly resource: string;
  /** `namespace/name`, without the namespace where there is none. */
  readonly object: string;
  /** HTTP status. */
  readonly status: number;
  /** When the server took it in and when it had answered, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** Asked by creating an object, which changes nothing. */
const QUESTIONS = /(reviews|serviceaccounts\/token)$/;

/** The audit log of a control plane that was started with `audit`. */
export class AuditLog {
  constructor(private readonly file: string | undefined) {}

  /** Where it ends now: what comes after can be read from there. */
  mark(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Writes since then, leases and mere questions left out. */
  async writesSince(mark: number, by: (write: AuditedWrite) => boolean = () => true): Promise<AuditedWrite[]> {
    const writes: AuditedWrite[] = [];
    const lines = createInterface({ input: createReadStream(this.path, { start: mark }), crlfDelay: Infinity });
    for await (const line of lines) {
      // The last line may not be whole yet.
      if (!line.endsWith('}')) continue;
      const write = readWrite(line);
      if (write !== undefined && by(write)) writes.push(write);
    }
    return writes;
  }

  private get path(): string {
    if (this.file === undefined) throw new Error('this control plane keeps no audit log; start it with audit: true');
    return this.file;
  }
}

function readWrite(line: string): AuditedWrite | undefined {
  const verb = /"verb":"([a-z]+)"/.exec(line)?.[1] ?? '';
  if (!WRITES.has(verb)) return undefined;
  const event = AuditEvent.parse(JSON.parse(line));
  const { resource = '', subresource = '', namespace = '', name = '' } = event.objectRef ?? {};
  const path = subresource === '' ? resource : `${resource}/${subresource}`;
  if (resource === 'leases' || QUESTIONS.test(path)) return undefined;
  return {
    verb,
    user: event.user.username,
    agent: event.userAgent,
    resource: path,
    object: namespace === '' || resource === 'namespaces' ? name : `${namespace}/${name}`,
    status: event.responseStatus?.code ?? 0,
    receivedAt: Date.parse(event.requestReceivedTimestamp),
    answeredAt: Date.parse(event.stageTimestamp),
  };
}
