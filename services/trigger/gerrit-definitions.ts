import { CONFIG_REF } from '../../core/config-change';
import { definitionPath } from '../../core/pipeline';
import { sanitizeDefinition } from '../shared/definition/sanitize-definition';
import { TransientError } from '../shared/errors';
import type { GerritClient, RefTip } from '../shared/gerrit-client';
import type { DefinitionNow } from './decide';
import type { Definitions, DefinitionText, DefinitionTexts } from './ports';
import { SharedReads } from './shared-reads';

/** Definitions kept, each at most 256 KiB of text. */
const CACHED = 500;

/**
 * Definitions as Gerrit has them. The tip is read after every call, so that a revoked definition never runs, even when
 * the event that revoked it was missed; calls of a burst share the reads that come after them. What a file says at a commit
 * never changes, and is kept by commit.
 */
export class GerritDefinitions implements Definitions, DefinitionTexts {
  private readonly byCommit = new Map<string, DefinitionText>();
  private readonly tips = new SharedReads<RefTip>();

  constructor(private readonly gerrit: Pick<GerritClient, 'findTip' | 'findFile'>) {}

  async find(project: string, pipeline: string): Promise<DefinitionNow> {
    const tip = await this.tips.read(project, () => this.gerrit.findTip(project, CONFIG_REF));
    switch (tip.kind) {
      case 'no-ref':
        return { kind: 'absent' };
      case 'no-project':
        return { kind: 'not-readable', reason: `project ${project} is not there for the service account` };
      case 'not-readable':
        return {
          kind: 'not-readable',
          reason: `no READ on ${CONFIG_REF} of ${project} for the service account; grant it in All-Projects`,
        };
      case 'found': {
        const content = await this.at(project, tip.revision, definitionPath(pipeline));
        return content === 'no-file'
          ? { kind: 'absent', commit: tip.revision }
          : { kind: 'found', commit: tip.revision, definition: content };
      }
    }
  }

  async at(project: string, commit: string, path: string): Promise<DefinitionText> {
    const id = `${commit} ${path} ${project}`;
    const known = this.byCommit.get(id);
    if (known !== undefined) {
      // Last used, last dropped.
      this.byCommit.delete(id);
      this.byCommit.set(id, known);
      return known;
    }
    const file = await this.gerrit.findFile(project, commit, path);
    if (file.kind === 'not-readable') {
      // Tip or patch set were readable a moment ago: pushed over, a grant was lost, or Gerrit's index is not there yet.
      throw new TransientError(`commit ${commit} of ${project} cannot be read now`);
    }
    const content = file.kind === 'no-file' ? file.kind : sanitizeDefinition(path, file.content);
    this.byCommit.set(id, content);
    if (this.byCommit.size > CACHED) {
      const [oldest] = this.byCommit.keys();
      this.byCommit.delete(oldest ?? id);
    }
    return content;
  }
}
