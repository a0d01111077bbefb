import { renderProposal } from '../../infra/capacity/proposal/render-proposal';

/** Prints the proposal's tables. */
export function printProposal(): void {
  process.stdout.write(renderProposal());
}
