import { request } from 'undici';
import { z } from 'zod';
import { CONFIG_REF } from '../../../core/config-change';
import { definitionPath } from '../../../core/pipeline';
import { sanitizeDefinition } from '../../shared/definition/sanitize-definition';
import { TerminalError, TransientError } from '../../shared/errors';
import type { GerritClient } from '../../shared/gerrit-client';
import { type GerritHttp, parseAnswer } from '../../shared/gerrit-http';
import { listTips, ProjectState } from '../../shared/list-tips';
import type { FoundDefinition, GerritNow } from './decide';
import { parseProjectState } from './parse-project-state';
import type { ListedProject } from './ports';

const ANONYMOUS_DEADLINE_MS = 15_000;
const FOLDER = 'seakeeper';

const Project = z.object({ state: ProjectState });

export interface GerritProjectsOptions {
  readonly http: Pick<GerritHttp, 'call' | 'getJson' | 'findJson'>;
  readonly gerrit: Pick<GerritClient, 'findTip' | 'findFile'>;
  readonly baseUrl: string;
  /** Project that the account surely sees while its grants are whole. */
  readonly canaryProject: string;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What Gerrit says of projects: their list with tips in few requests, and of one of them all that matters here. */
export class GerritProjects {
  /** Since when Gerrit does not show a project, by name. */
  private readonly missingSince = new Map<string, number>();

  constructor(private readonly options: GerritProjectsOptions) {}

  /** Every project whose `refs/meta/config` we may read, with its tip: one request for each 500. Hidden ones are not in it. */
  async *list(): AsyncGenerator<ListedProject, void, undefined> {
    for await (const { name, state, tips } of listTips(this.options.http, [CONFIG_REF])) {
      const commit = tips[CONFIG_REF];
      if (commit !== undefined) {
        yield { name, state, commit };
      }
    }
  }

  async look(project: string, pipelines: readonly string[]): Promise<GerritNow> {
    const state = await this.stateOf(project);
    if (state === undefined) {
      return this.gone(project);
    }
    this.missingSince.delete(project);
    if (state === 'HIDDEN') {
      return { kind: 'there', state, commit: undefined, definitions: [], public: false };
    }
    const tip = await this.options.gerrit.findTip(project, CONFIG_REF);
    switch (tip.kind) {
      case 'found':
        return this.lookAt(project, tip.revision, pipelines);
      case 'no-ref':
        return { kind: 'there', state, commit: undefined, definitions: [], public: false };
      case 'not-readable':
        return {
          kind: 'unreadable',
          why: `no READ on ${CONFIG_REF} for the service account; grant it in All-Projects`,
        };
      case 'no-project':
        throw new TransientError(`project ${project} was there a moment ago and is not now`);
    }
  }

  private async lookAt(project: string, commit: string, pipelines: readonly string[]): Promise<GerritNow> {
    const state = parseProjectState((await this.fileAt(project, commit, 'project.config')) ?? '');
    const there = { kind: 'there', state, commit } as const;
    if (state !== 'ACTIVE' || !(await this.hasFolder(project, commit))) {
      return { ...there, definitions: [], public: false };
    }
    const [definitions, isPublic] = await Promise.all([
      this.definitionsAt(project, commit, pipelines),
      this.isPublic(project),
    ]);
    return { ...there, definitions, public: isPublic };
  }

  /** Text of a file; undefined when there is none. Of a commit that cannot be read nothing is known. */
  private async fileAt(project: string, commit: string, path: string): Promise<string | undefined> {
    const file = await this.options.gerrit.findFile(project, commit, path);
    if (file.kind === 'not-readable') {
      throw new TransientError(`commit ${commit} of ${project} cannot be read any more`);
    }
    return file.kind === 'found' ? file.content : undefined;
  }

  /** State of a project, perhaps not the newest; undefined when Gerrit does not know it or shows us none of its refs: both are 404. */
  private async stateOf(project: string): Promise<z.infer<typeof ProjectState> | undefined> {
    const path = `/projects/${segment(project)}`;
    const answer = await this.options.http.call('GET', path, { accepted: [404, 409] });
    if (answer.status === 404) {
      return undefined;
    }
    if (answer.status === 409) {
      // Only owners see a hidden project; others are told why they do not.
      if (/has state HIDDEN/.test(answer.text)) return 'HIDDEN';
      throw new TerminalError(`Gerrit GET ${path}: 409 ${answer.text.slice(0, 200)}`);
    }
    return parse(Project, parseAnswer(answer, `GET ${path}`)).state;
  }

  private async gone(project: string): Promise<GerritNow> {
    const { canaryProject, now = Date.now } = this.options;
    if ((await this.stateOf(canaryProject)) === undefined) {
      throw new TransientError(
        `Gerrit shows us not even ${canaryProject}: the account lost its grants, nothing is gone`,
      );
    }
    const since = this.missingSince.get(project) ?? now();
    this.missingSince.set(project, since);
    return { kind: 'gone', forMs: now() - since };
  }

  private async definitionsAt(
    project: string,
    commit: string,
    pipelines: readonly string[],
  ): Promise<FoundDefinition[]> {
    const found = await Promise.all(
      pipelines.map(async (pipeline): Promise<FoundDefinition[]> => {
        const path = definitionPath(pipeline);
        const text = await this.fileAt(project, commit, path);
        if (text === undefined) {
          return [];
        }
        const sanitized = sanitizeDefinition(path, text);
        return [{ pipeline, findings: sanitized.ok ? [] : sanitized.error }];
      }),
    );
    return found.flat();
  }

  /** Most projects have no folder of ours: one question instead of one for each pipeline, at a commit that was just read. */
  private async hasFolder(project: string, commit: string): Promise<boolean> {
    const path = `/projects/${segment(project)}/commits/${commit}/files/${FOLDER}/content`;
    // Of a folder Gerrit says 400: it cannot send the content of one.
    const { status } = await this.options.http.call('GET', path, { accepted: [400, 404], accept: 'text/plain' });
    return status === 400;
  }

  /** Whether somebody without an account reads the project's HEAD; if in doubt, nobody does. */
  private async isPublic(project: string): Promise<boolean> {
    const { statusCode, body } = await request(`${this.options.baseUrl}/projects/${segment(project)}/branches/HEAD`, {
      signal: AbortSignal.timeout(ANONYMOUS_DEADLINE_MS),
      headers: { accept: 'application/json' },
    }).catch((cause: unknown) => {
      throw new TransientError(`Gerrit cannot be asked what anybody may read of ${project}`, { cause });
    });
    await body.dump();
    if (statusCode === 429 || statusCode >= 500) {
      throw new TransientError(`Gerrit cannot say what anybody may read of ${project}: ${statusCode}`);
    }
    return statusCode === 200;
  }
}

const segment = encodeURIComponent;

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TerminalError(
    `Gerrit's projects have not the known shape at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; check the server's version`,
  );
}
