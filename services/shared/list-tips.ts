import { z } from 'zod';
import { TerminalError } from './errors';
import type { GerritHttp } from './gerrit-http';

const PAGE = 500;

export const ProjectState = z.enum(['ACTIVE', 'READ_ONLY', 'HIDDEN']);
const Listing = z.record(
  z.string(),
  z.object({
    state: ProjectState,
    branches: z.record(z.string(), z.string()),
    _more_projects: z.boolean().optional(),
  }),
);

/** A project with the tips of those of its refs that were asked for. */
export interface ProjectTips {
  readonly name: string;
  readonly state: z.infer<typeof ProjectState>;
  /** Commits by full name of the ref. */
  readonly tips: Readonly<Record<string, string>>;
}

/** Every project with one of the refs that we may read: one request for each 500. Hidden ones are not in it. */
export async function* listTips(
  http: Pick<GerritHttp, 'getJson'>,
  refs: readonly string[],
): AsyncGenerator<ProjectTips, void, undefined> {
  for (let start = 0; ; ) {
    const query = new URLSearchParams(refs.map((ref): [string, string] => ['b', ref]));
    query.set('n', String(PAGE));
    query.set('S', String(start));
    const page = Object.entries(parseListing(await http.getJson(`/projects/?${query}`)));
    for (const [name, { state, branches }] of page) {
      yield { name, state, tips: branches };
    }
    start += page.length;
    if (page.at(-1)?.[1]._more_projects !== true) return;
  }
}

function parseListing(body: unknown): z.infer<typeof Listing> {
  const result = Listing.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new TerminalError(
    `Gerrit's projects have not the known shape at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; check the server's version`,
  );
}
