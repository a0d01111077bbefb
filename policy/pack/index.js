// The engine starts a policy pack with the SDK's ts-node, which checks types by rules of its own; this repository's
// programs run by tsx, here as everywhere.
require('tsx/cjs');
require('./main.ts');
