import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GERRIT_ARTIFACTS, GERRIT_VERSION, jarName, type MavenArtifact } from './artifacts';
import { runCommand } from './run-command';

const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

/** Folder of everything kept about this Gerrit version: jars, template site, start-up archive. */
export const gerritCache = (cache: string): string => join(cache, 'gerrit', GERRIT_VERSION);

/**
 * Gerrit's jars in class-path order, fetched by Maven when they are not in the cache yet (95 MB, once). A jar is put in
 * its place only after its checksum was right. Rejects with the artifact's name when it is not.
 *
 * @param mvn the Maven command
 */
export async function ensureGerritJars(cache: string, mvn: string): Promise<string[]> {
  const folder = join(gerritCache(cache), 'jars');
  await mkdir(folder, { recursive: true });
  const jars: string[] = [];
  for (const artifact of GERRIT_ARTIFACTS) {
    const jar = join(folder, jarName(artifact));
    if (!(await exists(jar))) {
      await fetchJar(artifact, folder, mvn);
    }
    jars.push(jar);
  }
  return jars;
}

async function fetchJar(artifact: MavenArtifact, folder: string, mvn: string): Promise<void> {
  const scratch = await mkdtemp(join(folder, '.fetch-'));
  try {
    await runCommand(
      mvn,
      ['-q', '-B', COPY_GOAL, `-Dartifact=${artifact.coordinates}`, `-DoutputDirectory=${scratch}`],
      { cwd: scratch, deadlineMs: 10 * 60_000 },
    );
    const fetched = join(scratch, jarName(artifact));
    const sha256 = await checksum(fetched);
    if (sha256 !== artifact.sha256) {
      throw new Error(
        `${artifact.coordinates} has SHA-256 ${sha256}, allowed is ${artifact.sha256}; remove it from Maven's local repository and check where Maven fetches from`,
      );
    }
    await rename(fetched, join(folder, jarName(artifact)));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
