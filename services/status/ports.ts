import type { Readable } from 'node:stream';
import type { ArgoWorkflow } from '../../core/argo-workflow';
import type { ChangeHistory } from '../../core/change-history';

/** Workflows and logs of public projects; of any other namespace there is nothing to see. */
export interface PublicCluster {
  /** Namespaces of public projects. */
  namespaces(): readonly string[];
  find(namespace: string, workflow: string): Promise<ArgoWorkflow | undefined>;
  /** Runs of ours in one namespace, in no order. */
  list(namespace: string): Promise<readonly ArgoWorkflow[]>;
  /** A pod's log, all or its last lines; undefined when the pod is gone or has not started. */
  log(namespace: string, pod: string, tailLines?: number): Promise<string | undefined>;
}

/** The artifact store, read only. */
export interface ArtifactStore {
  /** Keys under a prefix, at most a thousand. */
  list(prefix: string): Promise<readonly string[]>;
  /** An object's bytes; undefined when there is none. */
  read(key: string): Promise<{ readonly body: Readable; readonly bytes: number | undefined } | undefined>;
}

/** What the gateway's ledger knows of changes; public or not, it does not say. Rejects when it cannot be asked now. */
export interface Histories {
  /** Gerrit name of the project a change is of; undefined when nothing was seen of it. */
  projectOfChange(change: number): Promise<string | undefined>;
  history(project: string, change: number): Promise<ChangeHistory | undefined>;
}
