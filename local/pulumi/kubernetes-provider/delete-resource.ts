import { Annotation, annotation, isSet } from './annotations';
import { waitFor } from './apply-resource';
import { awaitGone } from './await';
import { type ProviderContext, type ResourceRequest, requireCluster } from './context';
import { aboutObject } from './errors';
import { type JsonObject, valueAt } from './json';
import { isPatch, keyOf } from './kube-object';
import { applyOptions } from './preview';

const PROPAGATION: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};

/** Deletes a resource's object and waits until it is gone. A `*Patch` gives up its fields and leaves the object. */
export async function deleteResource(context: ProviderContext, request: ResourceRequest): Promise<void> {
  const cluster = requireCluster(context);
  const inputs = request.inputs.value;
  const key = keyOf(inputs);
  try {
    if (isPatch(request.type, inputs)) {
      if ((await cluster.find(key)) === undefined) return;
      // Applying nothing under the same name leaves the server to remove what nobody else owns.
      await cluster.apply(key, nothingOf(inputs), { ...applyOptions(context, request), force: true, dryRun: false });
      return;
    }
    const policy = annotation(inputs, Annotation.deletionPropagationPolicy)?.toLowerCase() ?? 'foreground';
    await cluster.delete(key, PROPAGATION[policy] ?? 'Foreground');
    if (isSet(inputs, Annotation.skipAwait)) return;
    const uid = valueAt(request.state.value, ['metadata', 'uid']);
    await awaitGone(cluster, key, typeof uid === 'string' ? uid : undefined, waitFor(context, request));
  } catch (error) {
    throw aboutObject(error, key);
  }
}

function nothingOf(inputs: JsonObject): JsonObject {
  const { apiVersion, kind, namespace, name } = keyOf(inputs);
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}
