import { join } from 'node:path';
import type { ProcessSpecInput } from '../cluster/supervisor/process-spec';
import { ensureGerritJars, gerritCache } from './gerrit-jars';
import type { GerritAddress } from './gerrit-options';
import { gerritProcess } from './gerrit-process';
import { ensureSite, type GerritSitePaths, gerritSitePaths } from './gerrit-site';
import { ensureTemplate } from './gerrit-template';
import { archiveOptions, ensureStartArchive } from './start-archive';

export interface PrepareGerritOptions {
  /** Root of the cache (`localPaths().cache`). */
  readonly cache: string;
  /** Folder of this Gerrit (`localPaths().gerrit`). */
  readonly folder: string;
  readonly address: GerritAddress;
  /** The `java` and `mvn` commands. */
  readonly java: string;
  readonly mvn: string;
  /** More options for its virtual machine. @default - none */
  readonly javaOptions?: readonly string[] | undefined;
}

/** A Gerrit that is ready to be started. */
export interface PreparedGerrit {
  readonly paths: GerritSitePaths;
  readonly process: ProcessSpecInput;
}

/**
 * Jars, template, start archive and site, each made when it is missing (about a minute the first time, then well under
 * a second); the site's configuration is written anew.
 */
export async function prepareGerrit(options: PrepareGerritOptions): Promise<PreparedGerrit> {
  const { cache, folder, address, java, mvn, javaOptions = [] } = options;
  const runtime = { java, jars: await ensureGerritJars(cache, mvn) };
  const template = await ensureTemplate(gerritCache(cache), runtime);
  const archive = join(gerritCache(cache), 'gerrit.aot');
  await ensureStartArchive(archive, runtime, template);
  const paths = gerritSitePaths(folder);
  await ensureSite(paths, template, address);
  return { paths, process: gerritProcess(paths, runtime, address, [...archiveOptions(archive), ...javaOptions]) };
}
