import { CURATED_INTERFACES } from '../curated-templates';
import { CONTAINER_POLICY } from './container-policy';
import { DATA_POLICY } from './data-policy';
import { METADATA_POLICY } from './metadata-policy';
import type { PolicyTable } from './policy';
import { SPEC_POLICY } from './spec-policy';
import { TEMPLATE_POLICY } from './template-policy';
import { VOLUME_POLICY } from './volume-policy';

/**
 * Every field of a Workflow that Argo 3.7.18 knows, and those that 4.x adds, with what we do with it. One table for
 * the sanitiser, the admission policies and the reference page. A field that is not here is refused.
 */
export const WORKFLOW_POLICY: PolicyTable = {
  ...METADATA_POLICY,
  ...SPEC_POLICY,
  ...TEMPLATE_POLICY,
  ...DATA_POLICY,
  ...CONTAINER_POLICY,
  ...VOLUME_POLICY,
};

/** The type a definition begins with. */
export const ROOT_TYPE = 'Workflow';

/** Curated ClusterWorkflowTemplates that a definition may call, with their templates. */
export const CURATED_TEMPLATES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(CURATED_INTERFACES).map(([name, templates]) => [name, Object.keys(templates)]),
);
