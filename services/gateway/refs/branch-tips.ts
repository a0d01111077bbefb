import { z } from 'zod';
import { TerminalError } from '../../shared/errors';
import type { GerritHttp } from '../../shared/gerrit-http';
import type { RefTip } from '../ledger/model-record';
import type { FollowedRefs } from './plan-followed-refs';

const PAGE = 500;
const HEADS = 'refs/heads/';

const Branches = z.array(z.object({ ref: z.string(), revision: z.string() }));
const Projects = z.record(
  z.string(),
  z.object({ branches: z.record(z.string(), z.string()).default({}), _more_projects: z.boolean().optional() }),
);

/** Reads the tips of branches by REST, in pages of 500. What we may not see is not among them. */
export class BranchTips {
  constructor(
    private readonly http: Pick<GerritHttp, 'findJson' | 'getJson'>,
    private readonly followed: FollowedRefs,
  ) {}

  async *list(): AsyncGenerator<RefTip, void, undefined> {
    for (const project of this.followed.projects) {
      yield* this.ofProject(project);
    }
    for (const branch of this.followed.branches) {
      yield* this.ofAllProjects(`${HEADS}${branch}`);
    }
  }

  private async *ofProject(project: string): AsyncGenerator<RefTip, void, undefined> {
    for (let start = 0; ; start += PAGE) {
      const path = `/projects/${encodeURIComponent(project)}/branches/?n=${PAGE}&S=${start}`;
      const page = parse(Branches, (await this.http.findJson(path)) ?? [], path);
      for (const { ref, revision } of page.filter((branch) => branch.ref.startsWith(HEADS))) {
        yield { project, ref, revision };
      }
      if (page.length < PAGE) {
        return;
      }
    }
  }

  private async *ofAllProjects(ref: string): AsyncGenerator<RefTip, void, undefined> {
    for (let start = 0; ; ) {
      const path = `/projects/?${new URLSearchParams({ b: ref, n: String(PAGE), S: String(start) })}`;
      const page = Object.entries(parse(Projects, await this.http.getJson(path), path));
      for (const [project, { branches }] of page) {
        const revision = branches[ref];
        if (revision !== undefined) {
          yield { project, ref, revision };
        }
      }
      start += page.length;
      if (page.at(-1)?.[1]._more_projects !== true) {
        return;
      }
    }
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown, path: string): z.infer<Schema> {
  const { data, error } = schema.safeParse(body);
  if (data === undefined) {
    const issue = error?.issues[0];
    throw new TerminalError(
      `Gerrit's GET ${path} has not the known shape at ${issue?.path.join('.')}: ${issue?.message}; check the server's version`,
    );
  }
  return data;
}
