import { z } from 'zod';
import { IMAGE_NAMES } from '../../core/images';
import { MOST_GATEWAY_REPLICAS } from '../../core/service-config';

const Size = z.string().regex(/^\d+(Mi|Gi|Ti)$/, 'must be a whole number of Mi, Gi or Ti, such as 10Gi');
const NodePort = z.int().min(30_000).max(32_767);

/** Sizes and limits of the system itself. */
export const SystemConfig = z.strictObject({
  controllerReplicas: z.int().min(1).max(5).default(2).describe('Pods of each controller of Argo; one leads.'),
  gatewayReplicas: z
    .int()
    .min(1)
    .max(MOST_GATEWAY_REPLICAS)
    .default(2)
    .describe('Pods of the gateway, each with a ledger of its own; one leads, the others stand by.'),
  uiReplicas: z.int().min(1).max(10).default(2).describe('Pods of argo-server and of the status pages.'),
  parallelism: z.int().min(1).default(200).describe('Workflows that run at once in the cluster.'),
  namespaceParallelism: z.int().min(1).default(20).describe('Workflows that run at once in one namespace.'),
  tellWaitAfterSeconds: z
    .number()
    .min(0)
    .default(60)
    .describe('A run that a limit holds back for longer is told to its author in Gerrit.'),
  podsPerSecond: z.int().min(1).default(50).describe('Pods created a second.'),
  storageClass: z.string().optional().describe("StorageClass of the system's volumes. Absent: the cluster's default."),
  ledgerSize: Size.default('10Gi').describe("Volume of each of the gateway's ledgers."),
  busSize: Size.default('10Gi').describe('Volume of the event bus.'),
  artifactsSize: Size.default('500Gi').describe('Volume of the artifact store.'),
  artifactRetentionDays: z.int().min(1).default(90).describe('Days an artifact is kept.'),
  workflowRetentionHours: z.number().min(0).default(24).describe('Hours a Workflow is kept after its report stands.'),
  statusUrl: z
    .url()
    .refine((url) => !url.endsWith('/'), 'must not end in /')
    .describe('Base URL of the status pages as people reach them; links in Gerrit begin with it. No trailing slash.'),
  nodePorts: z
    .strictObject({ status: NodePort.describe('The status pages.'), argoServer: NodePort.describe('argo-server.') })
    .optional()
    .describe("Ports on every node for what the public sees. Absent: the site's own ingress."),
});
export type SystemConfig = z.infer<typeof SystemConfig>;

const GroupName = z
  .string()
  .min(1)
  .max(253)
  .refine((name) => !name.startsWith('system:'), "must not be one of Kubernetes' own groups");

/** People who run the system, as groups of the identity provider the API server trusts. */
export const AccessConfig = z.strictObject({
  releng: z.array(GroupName).default([]).describe('Groups that run the system layer.'),
  serviceops: z
    .array(GroupName)
    .default([])
    .describe('Groups that run nodes and the foundation and ui layers, which is administration of RBAC.'),
});
export type AccessConfig = z.infer<typeof AccessConfig>;

/** What the policy rules are told of this stack. */
export const PolicyConfig = z.strictObject({
  acknowledgedUnpinnedImages: z
    .array(z.enum(IMAGE_NAMES))
    .default([])
    .describe('Images that may go without a digest here: somebody has looked, and answers for the tag.'),
});
export type PolicyConfig = z.infer<typeof PolicyConfig>;
