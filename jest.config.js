const transform = {
  '^.+\\.[tj]s$': [
    '@swc/jest',
    { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

/** Packages published as ES modules only; jest runs CommonJS. */
const transformIgnorePatterns = [
  'node_modules/(?!(@bsull/augurs|@kubernetes/client-node|socks-proxy-agent|agent-base|http-proxy-agent|https-proxy-agent|p-limit|yocto-queue|jose|openid-client|oauth4webapi|hpagent|cookie)/)',
];

const common = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/share-error-realm.js'],
  transform,
  transformIgnorePatterns,
};

/** @type {import('jest').Config} */
module.exports = {
  // By default one processor is left free, which on a machine of two is half of them. End-to-end suites run in one process.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/support/stage-sequencer.js',
  testTimeout: 20_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
    },
    { ...common, displayName: 'e2e', roots: ['<rootDir>/test/e2e'] },
  ],
};
