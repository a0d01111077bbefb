/** The embedded cluster's own files; `local/` is loaded only where they are meant. */
export async function localFiles(): Promise<{ configFile: string; kubeconfig: string }> {
  const { localPaths } = await import('../local/paths.js');
  const { localStackFiles } = await import('../local/pulumi/local-stack.js');
  const paths = localPaths();
  return { configFile: localStackFiles(paths.pulumi).config, kubeconfig: paths.adminKubeconfig };
}
