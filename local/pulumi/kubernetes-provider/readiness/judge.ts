import { Annotation, isSet } from '../annotations';
import type { JsonObject } from '../json';
import { READY, type Readiness, type Surroundings } from './judgement';
import { judgeClaim, judgeDefinition, judgeNamespace, judgePod, judgeService } from './others';
import { judgeDaemonSet, judgeDeployment, judgeJob, judgeStatefulSet } from './workloads';

type Judge = (object: JsonObject, cluster: Surroundings) => Readiness | Promise<Readiness>;

/** What "ready" means for each kind that has a meaning for it. All others are ready once they exist. */
const JUDGES: Readonly<Record<string, Judge>> = {
  'apiextensions.k8s.io/v1 CustomResourceDefinition': judgeDefinition,
  'apps/v1 DaemonSet': judgeDaemonSet,
  'apps/v1 Deployment': judgeDeployment,
  'apps/v1 StatefulSet': judgeStatefulSet,
  'batch/v1 Job': judgeJob,
  'v1 Namespace': judgeNamespace,
  'v1 PersistentVolumeClaim': judgeClaim,
  'v1 Pod': judgePod,
  'v1 Service': judgeService,
};

/** Whether an object is ready. One annotated `pulumi.com/skipAwait: "true"` is not waited for. */
export async function judge(object: JsonObject, cluster: Surroundings): Promise<Readiness> {
  const of = JUDGES[`${object['apiVersion']} ${object['kind']}`];
  return of === undefined || isSet(object, Annotation.skipAwait) ? READY : of(object, cluster);
}
