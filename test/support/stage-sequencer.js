const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * End-to-end suites run in the order in which they need the machine: those that bring what they need come first, then
 * those that share the running system, then those that tear it down. Unit tests run as jest has it: the longest first, so
 * that no processor ends with one of them alone.
 */
const STAGES = [
  '/e2e/constructs/',
  '/e2e/gerrit/',
  '/e2e/services/',
  '/e2e/pulumi/',
  '/e2e/system/',
  '/e2e/teardown/',
  '/e2e/local/',
];

const stageOf = ({ path }) => {
  const stage = STAGES.findIndex((folder) => path.includes(folder));
  return stage === -1 ? 0 : stage;
};

module.exports = class StageSequencer extends Sequencer {
  sort(tests) {
    if (!tests.some(({ path }) => path.includes('/e2e/'))) return super.sort(tests);
    return [...tests].sort((one, other) => stageOf(one) - stageOf(other) || (one.path < other.path ? -1 : 1));
  }
};
