import * as grpc from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import type { IResourceProviderServer } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as provider from '@pulumi/pulumi/proto/provider_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { StatusError, unary } from '../plugin-process';
import { createResource, updateResource } from './apply-resource';
import { checkInputs } from './check-inputs';
import { encodeInputs } from './checkpoint';
import { connect } from './connect';
import type { ProviderContext, ResourceRequest } from './context';
import { deleteResource } from './delete-resource';
import { diffResource } from './diff-resource';
import { EngineLog } from './engine-log';
import type { JsonObject } from './json';
import { parseTypeToken } from './kube-object';
import { decodeProperties, redactor } from './property-values';
import { checkProviderInputs } from './provider-config';
import { readResource } from './read-resource';
import { diffResponse, partialFailure, structOf, valuesOf } from './wire';

/** Version of the upstream provider whose contract this keeps. */
const VERSION = '4.34.2';

const NO_VALUES = decodeProperties({});

/** The ResourceProvider service: one Kubernetes object for each resource. */
export function kubernetesProvider(engineAddressAtStart: string | undefined): IResourceProviderServer {
  const cancelled = new AbortController();
  let log = engineAddressAtStart === undefined ? undefined : new EngineLog(engineAddressAtStart);
  let context: ProviderContext | undefined;

  function configured(): ProviderContext {
    if (context === undefined) throw new StatusError(grpc.status.FAILED_PRECONDITION, 'the provider is not configured');
    return context;
  }

  return {
    handshake: unary((request: provider.ProviderHandshakeRequest) => {
      log = new EngineLog(request.getEngineAddress());
      return new provider.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
    checkConfig: unary((request: provider.CheckRequest) => {
      const inputs = valuesOf(request.getNews()).value;
      const response = new provider.CheckResponse().setInputs(request.getNews());
      return response.setFailuresList(checkProviderInputs(inputs).map(failure));
    }),
    // A provider's settings change in place: its objects stay what and where they are.
    diffConfig: unary((request: provider.DiffRequest) => {
      const olds = request.getOldInputs() ?? request.getOlds();
      const changed = JSON.stringify(valuesOf(olds).value) !== JSON.stringify(valuesOf(request.getNews()).value);
      const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse().setChanges(changed ? DIFF_SOME : DIFF_NONE);
    }),
    configure: unary(async (request: provider.ConfigureRequest) => {
      if (log === undefined)
        throw new StatusError(grpc.status.FAILED_PRECONDITION, 'the engine has not said its address');
      context = await connect(valuesOf(request.getArgs()).value, log, cancelled.signal);
      return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary(async (request: provider.CheckRequest) => {
      const news = valuesOf(request.getNews());
      const { cluster, config } = configured();
      const { inputs, problems } = checkInputs({
        type: request.getType(),
        name: request.getName(),
        inputs: news.value,
        oldInputs: valuesOf(request.getOlds()).value,
        randomSeed: request.getRandomseed_asB64(),
        namespaced: await isNamespaced(cluster, request.getType(), news.value),
        defaultNamespace: config.defaultNamespace,
      });
      const response = new provider.CheckResponse().setInputs(structOf(encodeInputs({ ...news, value: inputs })));
      return response.setFailuresList(problems.map(failure));
    }),
    diff: unary(async (request: provider.DiffRequest) => {
      const inputs = valuesOf(request.getNews());
      const state = valuesOf(request.getOlds());
      const old = valuesOf(request.getOldInputs()).value;
      const resource = { urn: request.getUrn(), type: request.getType(), inputs, state, timeoutSeconds: 0 };
      return diffResponse(
        await guarded(resource, () => diffResource(configured(), resource, old, request.getIgnorechangesList())),
      );
    }),
    create: unary(async (request: provider.CreateRequest) => {
      const resource: ResourceRequest = {
        urn: request.getUrn(),
        type: request.getType(),
        inputs: valuesOf(request.getProperties()),
        state: NO_VALUES,
        timeoutSeconds: request.getTimeout(),
      };
      const result = await guarded(resource, () => createResource(configured(), resource, request.getPreview()));
      return new provider.CreateResponse().setId(result.id).setProperties(structOf(result.state));
    }),
    read: unary(async (request: provider.ReadRequest) => {
      const resource: ResourceRequest = {
        urn: request.getUrn(),
        type: request.getType(),
        inputs: valuesOf(request.getInputs()),
        state: valuesOf(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      };
      const result = await guarded(resource, () => readResource(configured(), resource, request.getId()));
      const response = new provider.ReadResponse();
      if (result === undefined) return response;
      return response
        .setId(result.id)
        .setProperties(structOf(result.state))
        .setInputs(structOf(result.inputs ?? {}));
    }),
    update: unary(async (request: provider.UpdateRequest) => {
      const resource: ResourceRequest = {
        urn: request.getUrn(),
        type: request.getType(),
        inputs: valuesOf(request.getNews()),
        state: valuesOf(request.getOlds()),
        timeoutSeconds: request.getTimeout(),
      };
      const result = await guarded(resource, () => updateResource(configured(), resource, request.getPreview()));
      return new provider.UpdateResponse().setProperties(structOf(result.state));
    }),
    delete: unary(async (request: provider.DeleteRequest) => {
      const resource: ResourceRequest = {
        urn: request.getUrn(),
        type: request.getType(),
        inputs: valuesOf(request.getOldInputs()),
        state: valuesOf(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      };
      await guarded(resource, () => deleteResource(configured(), resource));
      return new Empty();
    }),
    cancel: unary(() => {
      cancelled.abort();
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(VERSION)),
    attach: unary(() => new Empty()),
    getMapping: unary(() => new provider.GetMappingResponse()),
    getMappings: unary(() => new provider.GetMappingsResponse()),
    getSchema: refused('GetSchema'),
    parameterize: refused('Parameterize'),
    invoke: refused('Invoke'),
    call: refused('Call'),
    construct: refused('Construct'),
    list: (call) => call.emit('error', { code: grpc.status.UNIMPLEMENTED, details: 'List: only upstream can do this' }),
  };
}

/** Runs an operation; no secret of the resource gets out by its error. */
async function guarded<T>(resource: ResourceRequest, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw partialFailure(error, redactor(resource.inputs));
  }
}

async function isNamespaced(
  cluster: ProviderContext['cluster'],
  type: string,
  inputs: JsonObject,
): Promise<boolean | undefined> {
  const { apiVersion, kind } = { ...parseTypeToken(type), ...inputs };
  if (cluster === undefined || typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return (await cluster.kinds.find(apiVersion, kind.replace(/Patch$/, '')))?.namespaced;
}

const failure = ({ property, reason }: { property: string; reason: string }): provider.CheckFailure =>
  new provider.CheckFailure().setProperty(property).setReason(reason);

const refused = (method: string) =>
  unary(() => {
    throw new StatusError(grpc.status.UNIMPLEMENTED, `${method}: only upstream's Kubernetes provider can do this`);
  });
