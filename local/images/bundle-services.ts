import { bundleInto, serviceNames } from './services-bundle';

/** `npx tsx local/images/bundle-services.ts FOLDER`: bundles every service into the folder, for services/Dockerfile. */
async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error('no folder was given; say where the bundles go');
  const files = await bundleInto(serviceNames(), folder);
  process.stdout.write(`${files.join('\n')}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
