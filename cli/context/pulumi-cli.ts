import { spawn } from 'node:child_process';
import { findOnPath } from './find-on-path';

/** The user's own Pulumi CLI: their login, their plug-ins, their passphrase. */
export class PulumiCli {
  private constructor(
    private readonly executable: string,
    private readonly projectFolder: string,
  ) {}

  /** Finds it on PATH. Throws, with the cure, when it is not there. */
  static find(projectFolder: string, path?: string): PulumiCli {
    const executable = findOnPath('pulumi', path);
    if (executable === undefined) {
      throw new Error(
        'no command pulumi on PATH; install it from https://www.pulumi.com/docs/install/ and run the same command again',
      );
    }
    return new PulumiCli(executable, projectFolder);
  }

  /** Runs it on the user's terminal. Throws when it fails: it has said why itself. */
  async run(...args: readonly string[]): Promise<void> {
    await this.execute(args, 'inherit');
  }

  /** Runs it and resolves to what it printed. Its questions and complaints go to the terminal. */
  async read(...args: readonly string[]): Promise<string> {
    return this.execute(args, 'pipe');
  }

  private execute(args: readonly string[], output: 'inherit' | 'pipe'): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.executable, args, {
        cwd: this.projectFolder,
        stdio: ['inherit', output, 'inherit'],
      });
      let printed = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
      // Ctrl-C reaches the CLI by itself; we must outlive it to report how it ended.
      const ignore = () => {};
      process.on('SIGINT', ignore);
      child.once('error', reject);
      child.once('close', (code) => {
        process.off('SIGINT', ignore);
        if (code === 0) {
          resolve(printed);
          return;
        }
        const words = args.filter((argument) => !argument.startsWith('-')).slice(0, 2);
        reject(new Error(`pulumi ${words.join(' ')} failed, see above`));
      });
    });
  }
}
