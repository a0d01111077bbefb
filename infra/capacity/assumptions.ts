import type { CapacityConfig } from './config';
import type { DemandFile } from './demand-file';
import { gateWindow, probabilityOfNoFailure } from './gate-window';
import { number } from './report/format';

/** Everything a requirement assumes, one sentence each; those on a forecast only when there is one. */
export function assumptionsOf(
  { capacity, demand }: { capacity: CapacityConfig; demand?: DemandFile },
  until: string | undefined,
): string[] {
  return [...always(capacity), ...(demand === undefined || until === undefined ? [] : onDemand(capacity, demand))];
}

function always({ sizing, executor }: CapacityConfig): string[] {
  const { gateFailureRate } = sizing;
  const { initial, floor } = gateWindow(gateFailureRate);
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  return [
    `A build slot is ${executor.cpu} cores, ${executor.memory} memory, ${executor.disk} disk and up to ${executor.pods} pods; Argo's own containers of a run count within it.`,
    `${percent(gateFailureRate)} of changes fail in the gate, independent of each other: no failure in ${initial} changes with probability ${percent(probabilityOfNoFailure(gateFailureRate, initial))}, in ${floor} with ${percent(probabilityOfNoFailure(gateFailureRate, floor))}.`,
    'Pods use what they request: limits above requests are not reserved.',
    'One node of each pool may be down at a time; two at once are not planned for.',
    `Every node runs ${sizing.daemonSets.map(({ name, source }) => `${name} (${source})`).join(', ')}.`,
    "The control plane's own machines (API server, etcd) are the site's and in no pool.",
  ];
}

function onDemand({ sizing }: CapacityConfig, { source, timeZone }: DemandFile): string[] {
  return [
    `Demand is ${number(source.builds, 0)} builds of ${source.file}, days beginning at midnight ${timeZone}${source.note === undefined ? '' : `: ${source.note}`}.`,
    'A build of the log was ready when it started: the log says nothing of its wait, so where builds had to queue, demand was higher than it shows.',
    'Erlang C takes builds to come at random (Poisson) and to last at random (exponential) within the busiest hour; the simulation takes them as they came.',
    'Each pool is sized for itself, although gate runs may use check nodes that are free.',
    'The project mix, the number of pods per run and the durations stay as in the log; after a migration they will not, and the forecast must be made anew.',
    `A run leaves ${sizing.artifactsPerRun} of artifacts and logs and ${sizing.ledgerPerRun} in the ledger.`,
  ];
}
