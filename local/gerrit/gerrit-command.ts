/** What Gerrit's programs are run with. */
export interface GerritRuntime {
  /** The `java` command, version 21 or newer. */
  readonly java: string;
  /** Jars in class-path order. */
  readonly jars: readonly string[];
}

/** A command line and the environment it needs. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command line of one of Gerrit's programs (`init`, `daemon`).
 *
 * Gerrit's own launcher takes a jar without `WEB-INF` for an unpacked build and uses the class path it was given. Only
 * the quick compiler is used: a local Gerrit lives for minutes and has little to do.
 *
 * @param scratch folder for what the launcher unpacks
 * @param javaOptions more options for the virtual machine
 */
export function gerritCommand(
  runtime: GerritRuntime,
  scratch: string,
  program: readonly string[],
  javaOptions: readonly string[] = [],
): CommandLine {
  return {
    command: runtime.java,
    args: [
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:-UsePerfData',
      '--enable-native-access=ALL-UNNAMED',
      '--sun-misc-unsafe-memory-access=allow',
      '-Dflogger.backend_factory=com.google.common.flogger.backend.log4j.Log4jBackendFactory#getInstance',
      '-Dflogger.logging_context=com.google.gerrit.server.logging.LoggingContext#getInstance',
      ...javaOptions,
      '-cp',
      runtime.jars.join(':'),
      'com.google.gerrit.launcher.GerritLauncher',
      ...program,
    ],
    env: { GERRIT_TMP: scratch },
  };
}
