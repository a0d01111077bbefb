/** The domain of everything Seakeeper writes on an object. A rename here is a data migration. */
export const DOMAIN = 'seakeeper.wikimedia.org';

/** Labels: short, machine-set, selectable. Reserved to our services by admission. */
export const Label = {
  managedBy: 'app.kubernetes.io/managed-by',
  partOf: 'app.kubernetes.io/part-of',
  name: 'app.kubernetes.io/name',
  component: 'app.kubernetes.io/component',
  /** On a namespace: what it is for; `project` on every `ci-*` namespace. */
  purpose: `${DOMAIN}/purpose`,
  /** On a project namespace: `public` or `private`. */
  visibility: `${DOMAIN}/visibility`,
  /** On a `Project`: who asked for it; see `ProjectOrigin`. */
  origin: `${DOMAIN}/origin`,
  /** On a project namespace whose Project is gone: `true` until the namespace goes too. */
  retiring: `${DOMAIN}/retiring`,
  /** On a Workflow: its pipeline. */
  pipeline: `${DOMAIN}/pipeline`,
  /** On a Workflow: the change number, or `none` for a ref. */
  change: `${DOMAIN}/change`,
  /** On a Workflow: the patch set number, or `none` for a ref. */
  patchSet: `${DOMAIN}/patch-set`,
  /** On a Workflow: the hash its name ends in. */
  run: `${DOMAIN}/run`,
  /** On a pod of the gateway: `leader` on the one that leads, which its Service sends everybody to. */
  role: `${DOMAIN}/role`,
} as const;

/** Annotations: exact values that labels cannot hold. */
export const Annotation = {
  /** The Gerrit project, exactly as Gerrit spells it. */
  project: `${DOMAIN}/project`,
  /** On a `Project` of origin `self-serve`: user name of who pushed the definition. */
  requestedBy: `${DOMAIN}/requested-by`,
  /** On a namespace with label `retiring`: since when. ISO 8601. */
  retiringSince: `${DOMAIN}/retiring-since`,
  /** The canonical event key the run answers. */
  eventKey: `${DOMAIN}/event-key`,
  revision: `${DOMAIN}/revision`,
  ref: `${DOMAIN}/ref`,
  /** The commit of refs/meta/config the definition came from. */
  definitionCommit: `${DOMAIN}/definition-commit`,
  /** Hash of the spec as the trigger wrote it, so that a repeat can tell its own Workflow from somebody else's. */
  specHash: `${DOMAIN}/spec-hash`,
  /** What a run was let in with: its project's class and the most it needs at once, as JSON (`Admitted`). */
  admitted: `${DOMAIN}/admitted`,
  /** Phase that has been reported to Gerrit; set by the reporter only. */
  reported: `${DOMAIN}/reported`,
  /** On the gateway's Lease: replicas that may take it over with nothing lost, ids with commas between. */
  inStep: `${DOMAIN}/in-step`,
  /** On a pod: hash of the configuration it started with, so that a change of it makes new pods. */
  configHash: `${DOMAIN}/config-hash`,
  /** Name of the newer run of the same change and pipeline for which the trigger stopped this one. */
  supersededBy: `${DOMAIN}/superseded-by`,
  /** Why the trigger stopped a run in whose favour no other runs: a `StopReason`. */
  stoppedBecause: `${DOMAIN}/stopped-because`,
} as const;

export const MANAGED_BY = 'seakeeper';

/** Namespaces of the system itself. */
export const Namespace = {
  argoSystem: 'argo-system',
  gerritGateway: 'gerrit-gateway',
  argoUi: 'argo-ui',
  artifacts: 'artifacts',
  seakeeperSystem: 'seakeeper-system',
} as const;
