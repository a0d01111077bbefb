import type { Benchmark } from './measurement';
import { benchmarks } from './registry';

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--list')) {
    for (const [name, says] of benchmarks.flatMap((benchmark) => Object.entries(benchmark.names))) {
      process.stdout.write(`${name.padEnd(28)} ${says}\n`);
    }
    return 0;
  }
  const known = benchmarks.flatMap((benchmark) => Object.keys(benchmark.names));
  const matches = (name: string, asked: string) => name === asked || name.startsWith(`${asked}.`);
  const unknown = names.filter((asked) => !known.some((name) => matches(name, asked)));
  if (names.length === 0 || unknown.length > 0) {
    say(`measure: got ${JSON.stringify(unknown)}, allowed are ${known.join(', ')}; name what to measure`);
    return 2;
  }
  for (const benchmark of benchmarks) {
    const wanted = (name: string) => names.some((asked) => matches(name, asked));
    if (Object.keys(benchmark.names).some(wanted)) {
      await measure(benchmark, wanted);
    }
  }
  return 0;
}

async function measure(benchmark: Benchmark, wanted: (name: string) => boolean): Promise<void> {
  for (const measurement of await benchmark.run(say)) {
    if (wanted(measurement.name)) {
      process.stdout.write(`${JSON.stringify(measurement)}\n`);
    }
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
