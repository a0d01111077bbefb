import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { localPaths } from '../../local/paths';
import { runPulumi } from '../../local/pulumi/run-pulumi';
import { describeToolchain } from '../../local/toolchain/toolchain';
import { type ParsedPreview, parsePreview } from '../../review/parse-preview';
import { parseUsage, type Usage } from '../../review/usage';
import { KubeClient } from '../../services/shared/kube-client';
import type { Revision } from './bundle-program';
import { GitRepository } from './git-repository';
import { makeFolder, withTemporaryFolder } from './temporary-folder';

/** What the engine would do to the cluster, and how much of each quota is used there. */
export interface ClusterPreview extends ParsedPreview {
  readonly usage: Usage;
}

/**
 * Runs `pulumi preview --json` of an approved revision, with the stack's backend, passphrase and cluster as `npm run pulumi`
 * finds them. Changes nothing. Rejects with what the engine says when it cannot.
 */
export async function previewCluster(folder: string, revision: Revision, stack: string): Promise<ClusterPreview> {
  const preview = parsePreview(await runPreview(folder, revision, stack));
  const quotas = await clientOf(preview.config).get('/api/v1/resourcequotas');
  return { ...preview, usage: parseUsage(JSON.stringify(quotas), 'the answer of the cluster') };
}

async function runPreview(folder: string, revision: Revision, stack: string): Promise<string> {
  return withTemporaryFolder(async (temporary) => {
    const projectFolder = makeFolder(temporary, 'approved');
    await new GitRepository(folder).exportTo(revision.commit, projectFolder);
    symlinkSync(join(folder, 'node_modules'), join(projectFolder, 'node_modules'));
    const lines: string[] = [];
    const code = await runPulumi({
      args: ['preview', '--json', '--stack', stack],
      paths: localPaths(),
      cli: describeToolchain().binary('pulumi'),
      output: (line) => void lines.push(line),
      projectFolder,
    });
    if (code !== 0) {
      const said = lines.filter((line) => /error|"message"/i.test(line)).slice(0, 5);
      throw new Error(
        `pulumi preview of ${revision.name} ended with ${code}: ${said.join(' ').trim() || lines.slice(-5).join(' ')}`,
      );
    }
    // Warnings of the CLI stand around what it prints.
    return lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1).join('\n');
  });
}

/** The cluster that the stack's own configuration names, else the user's current one. */
function clientOf(config: Readonly<Record<string, string>>): KubeClient {
  const kube = new KubeConfig();
  const kubeconfig = config['kubernetes:kubeconfig'];
  const context = config['kubernetes:context'];
  if (kubeconfig === undefined || kubeconfig === '[secret]') kube.loadFromDefault();
  else if (kubeconfig.includes('\n')) kube.loadFromString(kubeconfig);
  else kube.loadFromFile(kubeconfig);
  if (context !== undefined) kube.setCurrentContext(context);
  return new KubeClient(kube);
}
