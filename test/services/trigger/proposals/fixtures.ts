import { Pipeline } from '../../../../core/pipeline';
import { sanitizeDefinition } from '../../../../services/shared/definition/sanitize-definition';
import { NO_LIMITS } from '../../../../services/trigger/admission/model-pod';
import type { DefinitionText } from '../../../../services/trigger/ports';
import type { ProposedFile, ReviewFacts } from '../../../../services/trigger/proposals/decide-review';
import { COMMIT, DEFINITION, NAMESPACE } from '../fixtures';

export const PATH = 'seakeeper/check.yaml';
export const CHECK = Pipeline.parse({ name: 'check', triggers: [{ event: 'patchset-created' }] });
export const POST = Pipeline.parse({ name: 'post', trust: 'post-review', triggers: [{ event: 'change-merged' }] });
/** The pipeline that reviews. */
export const DEFINITIONS = Pipeline.parse({
  name: 'definitions',
  manager: 'definitions',
  triggers: [
    {
      event: 'patchset-created',
      branch: { plain: 'refs/meta/config' },
      file: { glob: 'seakeeper/**' },
    },
  ],
  label: {},
});

export const textOf = (definition: string, path = PATH): DefinitionText => sanitizeDefinition(path, definition);

/** A file for pipeline `check`; nothing is merged unless said otherwise. */
export const file = (
  proposed: string | undefined,
  merged?: string,
  overrides: Partial<ProposedFile> = {},
): ProposedFile => ({
  path: PATH,
  pipeline: CHECK,
  proposed: proposed === undefined ? 'no-file' : textOf(proposed),
  merged:
    merged === undefined
      ? { kind: 'absent', commit: COMMIT }
      : { kind: 'found', commit: COMMIT, definition: sanitizeDefinition(PATH, merged) },
  ...overrides,
});

export const reviewFacts = (files: readonly ProposedFile[], overrides: Partial<ReviewFacts> = {}): ReviewFacts => ({
  server: 'local',
  fetchUrl: 'http://gerrit.test:8080',
  project: 'demo',
  pipelines: [CHECK, POST],
  pools: [],
  classPools: {},
  place: { kind: 'ready', namespace: NAMESPACE, class: 'default' },
  room: { hard: {}, limits: NO_LIMITS },
  files,
  omitted: [],
  dryRun: { events: 200, pipelines: { check: { would: 12, may: 3 } } },
  ...overrides,
});

/** The plain definition with this in place of its one container. */
export const withContainer = (container: string): string =>
  DEFINITION.replace(/container: .*\n/, `container: ${container}\n`);
