import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import { engineAddressFrom, servePlugin } from '../plugin-process';
import { kubernetesProvider } from './service';

servePlugin((server) =>
  server.addService(ResourceProviderService, kubernetesProvider(engineAddressFrom(process.argv.slice(2)))),
).catch((error: unknown) => {
  process.stderr.write(`pulumi-resource-kubernetes: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
