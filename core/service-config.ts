import { z } from 'zod';
import { Namespace } from './labels';
import { Pipelines } from './pipeline';
import { Pool, RunPool } from './pool';
import { Re2Pattern } from './text-pattern';

/** Where a service's ConfigMap is mounted, and its secrets, one file a key. */
export const CONFIG_FILE = '/etc/seakeeper/config/config.json';
export const SECRETS_DIRECTORY = '/etc/seakeeper/secrets';

/** Ports of the services. `http` is health, readiness, metrics on every one of them. */
export const Port = {
  http: 8080,
  /** Gateway: Argo's generic EventSource contract (gRPC, plain text: Argo's client has no TLS). */
  eventSource: 9100,
  /** Gateway: the ledger's authenticated API. */
  ledger: 9101,
  /** Trigger: Argo's custom trigger contract (gRPC, plain text). */
  customTrigger: 9200,
  /** Status: the public pages. */
  status: 8088,
} as const;

/** Audience of the ServiceAccount tokens with which the other services call the gateway's ledger. */
export const LEDGER_AUDIENCE = 'gerrit-gateway';

/** Header of every answer of the ledger's API, by which callers know that it was the gateway who answered. */
export const GATEWAY_HEADER = 'seakeeper-gateway';

/** What the gateway must know of a server's events-log plug-in. */
export const EventsLogConfig = z.strictObject({
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be a time zone as IANA names it, such as UTC or Europe/Berlin')
    .default('UTC')
    .describe("Time zone of Gerrit's process as IANA names it: by its clock the plug-in reads times."),
  returnLimit: z.int().min(1).default(5000).describe("The plug-in's own `returnLimit`: most rows of one answer."),
});

export const GerritEndpoint = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters a-z, 0-9 and -')
    .describe('Our name for the server; part of every event key, so never renamed.'),
  httpUrl: z
    .url()
    .refine((url) => !url.endsWith('/'), 'must not end in /')
    .describe('Base URL of the REST API, no trailing slash.'),
  fetchUrl: z.url().describe('Base URL for git over HTTP that project pods can reach, no trailing slash.'),
  sshHost: z.string().describe('Host of its SSH server, where events come from.'),
  sshPort: z.int().min(1).max(65_535).describe("Port of its SSH server; Gerrit's own is 29418."),
  sshHostKeys: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9@.-]+ [A-Za-z0-9+/=]+$/, 'must be a type and the key in base64, such as ssh-ed25519 AAAA…'),
    )
    .min(1)
    .describe('Pinned host keys, `type base64`; two while a key is rotated. Never empty: an unpinned host is refused.'),
  account: z.string().describe('Account the services act as, a member of Service Users.'),
  canaryProject: z.string().describe("Project on which the account's grants are checked at start."),
  eventsLog: EventsLogConfig.optional().describe(
    'Set where the server has the plug-in events-log: what the stream did not bring is read from it too.',
  ),
});
export type GerritEndpoint = z.infer<typeof GerritEndpoint>;

/** More would only wait for each other. */
export const MOST_GATEWAY_REPLICAS = 3;

/** Hot standby of the gateway. */
export const GatewayStandby = z.strictObject({
  replicas: z.int().min(2).max(MOST_GATEWAY_REPLICAS),
  /** Base URL of the ledger of whoever leads, from which the others copy it. */
  ledgerUrl: z.url(),
  /** A replica that is not in step with the last leader leads only when nobody has for so long. */
  uncleanAfterMinutes: z.number().positive().default(10),
});
export type GatewayStandby = z.infer<typeof GatewayStandby>;
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const GatewayConfig = z.strictObject({
  gerrit: GerritEndpoint,
  pipelines: Pipelines,
  ledgerDirectory: z.string().default('/var/lib/seakeeper/ledger'),
  /** Most pairs of one pipeline that are handed on with neither receipt nor decision back, at a time. */
  window: z.int().min(1).default(256),
  /** First wait before an undecided pair is sent again; doubles up to 60 s. */
  resendAfterSeconds: z.number().positive().default(10),
  /** How often changes are read by REST while the stream is up: the net under a stream that loses events silently. */
  sweepSeconds: z.number().min(1).default(60),
  /** A pair still undecided after so long is dead-lettered, which raises an alarm. */
  deadLetterAfterDays: z.number().positive().default(7),
  /** How long the ledger keeps what is decided. Longer than `deadLetterAfterDays`. */
  retentionDays: z.number().positive().default(14),
  /** Present when the gateway has more than one replica: how they stand by for each other. */
  standby: GatewayStandby.optional(),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** Who runs when not everybody can, and when people are told. */
export const AdmissionConfig = z.strictObject({
  /** Runs at once: in the cluster, in one namespace, and of all projects of a class that says so. */
  parallelism: z.int().min(1).default(200),
  namespaceParallelism: z.int().min(1).default(20),
  classParallelism: z.record(z.string(), z.int().min(1)).default({}),
  /** A run held back for longer is told to its author. */
  tellAfterSeconds: z.number().min(0).default(60),
});
export type AdmissionConfig = z.infer<typeof AdmissionConfig>;

export const TriggerConfig = z.strictObject({
  gerrit: GerritEndpoint,
  pipelines: Pipelines,
  /** Base URL of the gateway's ledger. */
  ledgerUrl: z.url(),
  /** Pools there are; none: runs go anywhere. */
  pools: z.array(Pool).default([]),
  /** Pools of project classes that have one of their own, which beats a pipeline's. */
  classPools: z.record(z.string(), RunPool).default({}),
  admission: AdmissionConfig.prefault({}),
});
export type TriggerConfig = z.infer<typeof TriggerConfig>;

/** The Lease by which reporters agree who reports. */
export const REPORTER_LEASE = { namespace: Namespace.gerritGateway, name: 'reporter' } as const;

export const ReporterConfig = z.strictObject({
  gerrit: GerritEndpoint,
  pipelines: Pipelines,
  ledgerUrl: z.url(),
  /** Public base URL of the status pages; links in messages begin with it. */
  statusUrl: z.url(),
  /** How long a Workflow is kept after its report stands. */
  ttlSeconds: z
    .int()
    .min(0)
    .default(24 * 3600),
});
export type ReporterConfig = z.infer<typeof ReporterConfig>;

export const StoreConfig = z.strictObject({
  /** host:port as pods reach it. */
  endpoint: z.string(),
  insecure: z.boolean(),
  bucket: z.string(),
  region: z.string().default('us-east-1'),
});
export type StoreConfig = z.infer<typeof StoreConfig>;

export const StatusConfig = z.strictObject({
  pipelines: Pipelines,
  store: StoreConfig,
  /** Base URL of the gateway's ledger, which knows why a change ran what it ran. */
  ledgerUrl: z.url(),
  /** Gerrit as browsers reach it, no trailing slash; absent: pages name a change without linking it. */
  gerritUrl: z.url().optional(),
});
export type StatusConfig = z.infer<typeof StatusConfig>;

/** A range of addresses, IPv4 or IPv6. */
const Cidr = z
  .string()
  .refine(
    (text) => z.cidrv4().safeParse(text).success || z.cidrv6().safeParse(text).success,
    'must be a range of addresses, such as 10.0.0.0/8 or fd00::/8',
  );

/** One opening in the project pods' egress fence. */
export const EgressHole = z.strictObject({
  name: z.string().describe('What is reached through it.'),
  to: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('cidr').describe('Addresses.'),
        cidrs: z.array(Cidr).min(1).describe('Ranges, IPv4 or IPv6.'),
      }),
      z.strictObject({
        kind: z.literal('pods').describe('Pods of the cluster.'),
        namespace: z.string().describe('Their namespace.'),
        labels: z.record(z.string(), z.string()).describe('Their labels; all must match.'),
      }),
    ])
    .describe('Where it leads.'),
  ports: z
    .array(
      z.strictObject({
        protocol: z.enum(['TCP', 'UDP']).describe('Protocol.'),
        port: z.int().min(1).max(65_535).describe('Port.'),
      }),
    )
    .min(1)
    .describe('Ports that are open.'),
});
export type EgressHole = z.infer<typeof EgressHole>;

export const NetworkConfig = z.strictObject({
  clusterCidrs: z
    .array(Cidr)
    .min(1)
    .describe('Ranges inside the cluster and of its machines: shut to project pods but for the holes.'),
  holes: z
    .array(EgressHole)
    .describe(
      'What project pods reach inside those ranges all the same; `dns` and `api-server` are the system’s own too.',
    ),
  gerritCidrs: z
    .array(Cidr)
    .default([])
    .describe(
      'Ranges of Gerrit, where it lies inside the cluster’s: gateway, trigger, reporter and provisioner reach it there.',
    ),
});
export type NetworkConfig = z.infer<typeof NetworkConfig>;

/** Compute limits of a project class. */
export const ProjectClass = z.strictObject({
  /** Workflow pods at once. */
  pods: z.int().min(1),
  cpu: z.string(),
  memory: z.string(),
  /** Largest single container. */
  maxContainerCpu: z.string(),
  maxContainerMemory: z.string(),
});
export type ProjectClass = z.infer<typeof ProjectClass>;

/** Who may get a namespace by merging a definition, and how fast. */
export const SelfServeConfig = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Whether a definition in `refs/meta/config` makes its project a namespace.'),
  most: z
    .int()
    .min(0)
    .default(10_000)
    .describe('Projects there may be in all, those on their way out counted too; further ones are refused.'),
  perOwnerPerDay: z.int().min(1).default(20).describe('Projects one person may bring in 24 hours; further ones wait.'),
  deny: z.array(Re2Pattern).default([]).describe('RE2 patterns of Gerrit names that get none.'),
  sweepMinutes: z.number().min(0.01).default(60).describe('How often Gerrit is asked for what events missed.'),
});
export type SelfServeConfig = z.infer<typeof SelfServeConfig>;

/** How people of a project are taken over from Gerrit. */
export const MembersConfig = z.strictObject({
  enabled: z.boolean().default(false).describe("Whether owners and contributors follow Gerrit's permissions."),
  contributorGroup: z
    .string()
    .optional()
    .describe(
      'Group of Gerrit whose members may look at runs of every project; `{project}` in it stands for the project.',
    ),
  groups: z
    .record(z.string(), z.string())
    .default({})
    .describe('Groups of Gerrit that are one of the identity provider: its name there, by the name in Gerrit.'),
  refreshMinutes: z.number().min(0.01).default(10).describe('How often they are asked for again.'),
});
export type MembersConfig = z.infer<typeof MembersConfig>;

/** What happens to the namespace of a project that is gone. */
export const RetirementConfig = z.strictObject({
  drainMinutes: z.number().min(0).default(360).describe('Minutes its runs have to finish; then they are stopped.'),
  retentionDays: z
    .number()
    .min(0)
    .default(14)
    .describe('Days its runs stay to be read; then the namespace is deleted.'),
});
export type RetirementConfig = z.infer<typeof RetirementConfig>;

export const ProvisionerConfig = z.strictObject({
  network: NetworkConfig,
  classes: z.record(z.string(), ProjectClass),
  store: StoreConfig,
  retirement: RetirementConfig.prefault({}),
  /** Present when self-serve or members are enabled. */
  gerrit: GerritEndpoint.optional(),
  /** Base URL of the gateway's ledger; present with `gerrit`. */
  ledgerUrl: z.url().optional(),
  /** Pipelines a definition may be for. */
  pipelines: Pipelines.default([]),
  selfServe: SelfServeConfig.prefault({}),
  members: MembersConfig.prefault({}),
});
export type ProvisionerConfig = z.infer<typeof ProvisionerConfig>;
