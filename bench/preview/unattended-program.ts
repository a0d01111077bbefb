import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { loadConfig } from '../../stacks/config/load';
import { defineStack } from '../../stacks/program';

const Props = z.looseObject({ metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }) });

/**
 * The stack's program on an API server without controllers or nodes, where nothing becomes ready: each object is marked as
 * one not to wait for. Everything else is as `stacks/main.ts` has it.
 */
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  const object = type.startsWith('kubernetes:') ? Props.safeParse(props).data : undefined;
  if (object === undefined) return undefined;
  const annotations = { ...object.metadata.annotations, 'pulumi.com/skipAwait': 'true' };
  return { props: { ...object, metadata: { ...object.metadata, annotations } }, opts };
});

export = async () => defineStack(loadConfig());
