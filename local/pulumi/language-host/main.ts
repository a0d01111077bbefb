import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import { engineAddressFrom, servePlugin } from '../plugin-process';
import { languageRuntime } from './service';

servePlugin((server) =>
  server.addService(LanguageRuntimeService, languageRuntime(engineAddressFrom(process.argv.slice(2)))),
).catch((error: unknown) => {
  process.stderr.write(`pulumi-language-nodejs: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
