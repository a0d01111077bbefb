import * as grpc from '@grpc/grpc-js';
import * as provider from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { StatusError } from '../plugin-process';
import { PartialError } from './apply-resource';
import type { DifferenceKind } from './compare';
import type { JsonObject } from './json';
import type { PlannedDiff } from './plan-diff';
import { decodeProperties, type PropertyValues } from './property-values';

/** Properties out of a message. */
export const valuesOf = (struct: Struct | undefined): PropertyValues => decodeProperties(struct?.toJavaScript() ?? {});

/** Properties for a message. */
export const structOf = (value: JsonObject): Struct =>
  Struct.fromJavaScript(value as { [key: string]: JavaScriptValue });

const { Kind } = provider.PropertyDiff;
const KINDS: Readonly<
  Record<DifferenceKind, { plain: provider.PropertyDiff.Kind; replace: provider.PropertyDiff.Kind }>
> = {
  add: { plain: Kind.ADD, replace: Kind.ADD_REPLACE },
  delete: { plain: Kind.DELETE, replace: Kind.DELETE_REPLACE },
  update: { plain: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
};

/** A planned diff as the engine reads it. */
export function diffResponse({ changes, deleteBeforeReplace }: PlannedDiff): provider.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  const response = new provider.DiffResponse()
    .setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE)
    .setHasdetaileddiff(true)
    .setDeletebeforereplace(deleteBeforeReplace);
  const members = [...changes.values()].map(({ path }) => String(path[0]));
  response.setDiffsList([...new Set(members)]);
  for (const [field, { kind, replaces, inInputs }] of changes) {
    const detail = new provider.PropertyDiff()
      .setKind(KINDS[kind][replaces ? 'replace' : 'plain'])
      .setInputdiff(inInputs);
    response.getDetaileddiffMap().set(field, detail);
    if (replaces) response.addReplaces(field);
  }
  return response;
}

/** An operation's error as the engine reads it; a partial one carries the state that stands. */
export function partialFailure(error: unknown, redact: (message: string) => string): Error {
  const message = redact(error instanceof Error ? error.message : String(error));
  if (!(error instanceof PartialError)) return new StatusError(grpc.status.UNKNOWN, message);
  const detail = new provider.ErrorResourceInitFailed()
    .setId(error.result.id)
    .setProperties(structOf(error.result.state))
    .setReasonsList(error.reasons.map(redact));
  if (error.result.inputs !== undefined) detail.setInputs(structOf(error.result.inputs));
  const any = new Any();
  any.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message).setDetailsList([any]);
  const metadata = new grpc.Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  return new StatusError(grpc.status.UNKNOWN, message, metadata);
}
