import { argoController } from './argo/controller-scale';
import { capacitySpill, capacitySweep } from './capacity/sweep';
import { filters } from './filters/filters';
import { forecastFar, forecastLoss } from './forecast/forecast-loss';
import { forecastTime } from './forecast/forecast-time';
import { gatewayAdded } from './gateway/added-latency';
import { gatewayThroughput } from './gateway/throughput';
import { eventToVote } from './latency/event-to-vote';
import type { Benchmark } from './measurement';
import { eventPathMemory } from './memory/memory';
import { previewCiNoop } from './preview/preview-ci-noop';
import { previewNoop } from './preview/preview-noop';
import { authz } from './provision/authz';
import { provisionCold } from './provision/cold';
import { provisionNoop } from './provision/noop';
import { renderCi } from './render/render-ci';
import { renderScale } from './render/render-scale';
import { reportAdded } from './reporter/added-latency';
import { reviewCi } from './review/review-ci';
import { selfServe } from './self-serve/self-serve';
import { spawnThroughput } from './spawn/throughput';
import { startWarm } from './start/start-warm';

/** Everything `npm run measure` can measure. */
export const benchmarks: readonly Benchmark[] = [
  argoController,
  authz,
  capacitySweep,
  capacitySpill,
  eventPathMemory,
  eventToVote,
  filters,
  forecastLoss,
  forecastFar,
  forecastTime,
  gatewayAdded,
  gatewayThroughput,
  previewCiNoop,
  previewNoop,
  provisionCold,
  provisionNoop,
  renderCi,
  renderScale,
  reportAdded,
  reviewCi,
  selfServe,
  spawnThroughput,
  startWarm,
];
