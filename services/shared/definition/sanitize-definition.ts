import type { Finding } from '../../../core/decision';
import { err, ok, type Result } from '../../../core/result';
import { Limit } from '../../../core/workflow-policy/limits';
import { ROOT_TYPE, WORKFLOW_POLICY } from '../../../core/workflow-policy/table';
import { type JsonObject, objectOf } from './sanitize-json';
import { sanitizeReferences } from './sanitize-references';
import { TableWalk } from './sanitize-walk';
import { sanitizeYaml } from './sanitize-yaml';

/** What of a project's definition may become part of a Workflow. Nothing in it is unchecked. */
export interface SanitizedDefinition {
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  /** A `WorkflowSpec` without what is ours to set. */
  readonly spec: JsonObject;
}

/**
 * Reads the text of a project's `seakeeper/<pipeline>.yaml` along the table of `core/workflow-policy`: what the table
 * does not name is refused, what it drops is gone, what it bounds is within its bounds. Findings name the line, the
 * value, what is allowed and the cure, and are safe to show: they quote at most 60 printable characters.
 */
export function sanitizeDefinition(file: string, text: string): Result<SanitizedDefinition, Finding[]> {
  const yaml = sanitizeYaml(file, text);
  if (yaml.root === undefined || !yaml.findings.isEmpty) {
    if (yaml.findings.isEmpty) {
      yaml.findings.add(
        { path: '', offset: 0 },
        'the file is empty, allowed is one Argo Workflow; write one or delete it',
      );
    }
    return err(yaml.findings.list());
  }
  const walk = new TableWalk(WORKFLOW_POLICY, yaml);
  const workflow = objectOf(walk.run(yaml.root, ROOT_TYPE));
  const bytes = Buffer.byteLength(JSON.stringify(workflow), 'utf8');
  if (bytes > Limit.expandedBytes) {
    yaml.findings.add(
      { path: '', offset: 0 },
      `the definition has ${bytes} bytes with its aliases written out, allowed are ${Limit.expandedBytes}; repeat less or keep long texts in the repository`,
    );
  }
  if (yaml.findings.isEmpty) {
    sanitizeReferences(workflow, walk.positions, yaml.findings);
  }
  if (!yaml.findings.isEmpty) {
    return err(yaml.findings.list());
  }
  const metadata = objectOf(workflow['metadata']);
  return ok({
    labels: objectOf(metadata['labels']),
    annotations: objectOf(metadata['annotations']),
    spec: objectOf(workflow['spec']),
  });
}
