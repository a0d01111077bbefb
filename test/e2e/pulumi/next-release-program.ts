import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';

import unattended = require('../../../bench/preview/unattended-program');

const Props = z.looseObject({ metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }) });

/** The stack's program of a next release, which changes every single object. Waits for nothing. */
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  const object = type.startsWith('kubernetes:') ? Props.safeParse(props).data : undefined;
  if (object === undefined) return undefined;
  const annotations = { ...object.metadata.annotations, 'example.org/release': 'next' };
  return { props: { ...object, metadata: { ...object.metadata, annotations } }, opts };
});

export = unattended;
