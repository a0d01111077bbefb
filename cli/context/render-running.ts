import type { Workload } from './workloads';

/** What a person is told once their cluster carries the system. */
export interface Running {
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
  readonly stack: string;
  /** Flags that name the stack and its configuration to every command. */
  readonly flags: string;
  readonly layers: readonly string[];
  readonly workloads: readonly Workload[];
  readonly gerrit: { readonly name: string; readonly httpUrl: string };
  readonly statusUrl: string;
  readonly unpinnedImages: readonly string[];
  readonly projects: readonly string[];
}

/** Renders what runs where, and what to do next. */
export function renderRunning(running: Running): string {
  const { context, stack, flags, projects } = running;
  const rows = running.workloads.map(({ namespace, name, ready, wanted }) => [namespace, name, `${ready}/${wanted}`]);
  return [
    `Seakeeper runs on context ${context} (${running.server}), stack ${stack}, layers ${running.layers.join(', ')}.`,
    '',
    ...columns([['NAMESPACE', 'WHAT', 'READY'], ...rows]).map((line) => `  ${line}`),
    '',
    `  status pages  ${running.statusUrl}`,
    `  Gerrit        ${running.gerrit.name}, ${running.gerrit.httpUrl}`,
    `  projects      ${projects.join(', ') || 'none yet'}`,
    ...unpinned(running),
    '',
    'Next',
    `  let a project in      list it under seakeeper:projects in the stack's configuration and run this command again`,
    '  give it tests         docs/definitions.md',
    `  watch it              kubectl --context ${context} get workflows --all-namespaces --watch`,
    `  see what would change pulumi preview ${flags}`,
    `  remove it             pulumi destroy ${flags}`,
    '',
  ].join('\n');
}

function unpinned({ unpinnedImages, flags }: Running): string[] {
  if (unpinnedImages.length === 0) return [];
  return [
    `  unpinned      ${unpinnedImages.join(', ')}: whoever moves their tags decides what runs;`,
    `                \`npm run images -- --pin ${flags}\` pins them`,
  ];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
