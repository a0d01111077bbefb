/** The numbers of the table. Bytes, seconds and counts. */
export const Limit = {
  /** A definition's file. */
  fileBytes: 256 * 1024,
  /** The same with its aliases written out, as JSON: what the API server stores, and reads again at admission. */
  expandedBytes: 320 * 1024,
  /** A Workflow's spec as text: a definition with all that is ours. Beyond it admission looks no further. */
  renderedBytes: 512 * 1024,
  /** Nodes after aliases are expanded, and how often an alias may be used: no billion laughs. */
  nodes: 20_000,
  aliases: 100,
  depth: 64,
  templates: 100,
  /** Steps or tasks a run may come to, loops multiplied out. */
  tasks: 500,
  loopItems: 200,
  parallelism: 50,
  /** Pods at once when a definition does not say. */
  defaultParallelism: 20,
  sidecars: 5,
  containersInSet: 10,
  artifacts: 50,
  parameters: 100,
  volumes: 20,
  volumeClaims: 3,
  volumeClaimSize: '20Gi',
  scratchSize: '20Gi',
  retries: 3,
  /** Attempts after the first, when it was not the step that failed. As many as Prow and Zuul make. */
  infrastructureRetries: 3,
  seconds: 86_400,
  /** A Workflow that nobody reports is deleted this long after its end; the reporter sets the time of the others. */
  keptSeconds: 14 * 86_400,
  /** Script source, arguments, environment or raw artifact of one container. */
  textBytes: 64 * 1024,
  expressionBytes: 500,
  retryExpressionBytes: 300,
  /** What the trigger makes of it: when an attempt failed through no fault of the step, or as the definition says. */
  renderedRetryExpressionBytes: 1_000,
  conditionBytes: 2_000,
} as const;

/** Names that Argo's own containers have in every pod. */
export const RESERVED_CONTAINER_NAMES = '^(wait|init|supervisor|artifact-plugin-.*|init-artifact-.*)$';
