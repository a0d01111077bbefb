import * as grpc from '@grpc/grpc-js';
import type { ILanguageRuntimeServer } from '@pulumi/pulumi/proto/language_grpc_pb';
import * as language from '@pulumi/pulumi/proto/language_pb';
import * as plugin from '@pulumi/pulumi/proto/plugin_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { StatusError, unary } from '../plugin-process';
import { programDependencies } from './program-dependencies';
import { type PluginRun, runPluginProgram } from './run-plugin';
import { type ProgramRun, runProgram } from './run-program';

const VERSION = '3.0.0';

/**
 * The LanguageRuntime service for programs in TypeScript or JavaScript: what the engine needs to preview, update, refresh
 * and destroy, and to run providers and policies written for Node. Code generation is refused: upstream's host has it.
 */
export function languageRuntime(engineAddressAtStart: string | undefined): ILanguageRuntimeServer {
  const stopped = new AbortController();
  let engineAddress = engineAddressAtStart;

  return {
    handshake: unary((request: language.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress() || engineAddress;
      return new language.LanguageHandshakeResponse();
    }),
    // The program's providers announce themselves when their resources register: nothing to fetch beforehand.
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    run: unary(async (request: language.RunRequest) => {
      if (engineAddress === undefined) {
        throw new StatusError(grpc.status.FAILED_PRECONDITION, 'the engine has not said its address');
      }
      return runResponse(await runProgram(programRun(request, engineAddress), stopped.signal));
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(VERSION)),
    about: unary(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    getProgramDependencies: unary((request: language.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() ?? '.';
      return new language.GetProgramDependenciesResponse().setDependenciesList(
        programDependencies(folder).map(({ name, version }) =>
          new language.DependencyInfo().setName(name).setVersion(version),
        ),
      );
    }),
    installDependencies: (call) => {
      // Installing is the user's `npm ci`; a preview must not change node_modules.
      call.end();
    },
    runPlugin: (call) => {
      const ended = new AbortController();
      call.on('cancelled', () => ended.abort());
      runPluginProgram(pluginRun(call.request), AbortSignal.any([ended.signal, stopped.signal]), {
        stdout: (chunk) => call.write(new language.RunPluginResponse().setStdout(chunk)),
        stderr: (chunk) => call.write(new language.RunPluginResponse().setStderr(chunk)),
        exit: (code) => {
          call.write(new language.RunPluginResponse().setExitcode(code));
          call.end();
        },
      });
    },
    cancel: unary(() => {
      stopped.abort();
      return new Empty();
    }),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    template: unary(() => new language.TemplateResponse()),
    generateProgram: refused('GenerateProgram'),
    generateProject: refused('GenerateProject'),
    generatePackage: refused('GeneratePackage'),
    pack: refused('Pack'),
    link: refused('Link'),
  };
}

function programRun(request: language.RunRequest, engineAddress: string): ProgramRun {
  const info = request.getInfo();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    config[key] = value;
  });
  return {
    rootDirectory: info?.getRootDirectory() ?? request.getPwd(),
    programDirectory: info?.getProgramDirectory() ?? request.getPwd(),
    entryPoint: info?.getEntryPoint() || '.',
    engineAddress,
    monitorAddress: request.getMonitorAddress(),
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    config,
    configSecretKeys: request.getConfigsecretkeysList(),
    args: request.getArgsList(),
    nodeArgs: wordsOf(options['nodeargs']),
    typescript: options['typescript'] !== false,
  };
}

function pluginRun(request: language.RunPluginRequest): PluginRun {
  return {
    program: request.getInfo()?.getProgramDirectory() || request.getProgram(),
    kind: request.getKind(),
    workingDirectory: request.getPwd(),
    args: request.getArgsList(),
    environment: Object.fromEntries(
      request.getEnvList().map((entry) => {
        const [name = '', ...value] = entry.split('=');
        return [name, value.join('=')];
      }),
    ),
  };
}

const wordsOf = (text: unknown): string[] =>
  typeof text === 'string' ? text.split(/\s+/).filter((word) => word !== '') : [];

function runResponse(outcome: Awaited<ReturnType<typeof runProgram>>): language.RunResponse {
  const response = new language.RunResponse();
  if (outcome.kind === 'bailed') response.setBail(true);
  if (outcome.kind === 'failed') response.setError(outcome.message);
  return response;
}

const refused = (method: string) =>
  unary(() => {
    throw new StatusError(grpc.status.UNIMPLEMENTED, `${method}: only upstream's pulumi-language-nodejs can do this`);
  });
