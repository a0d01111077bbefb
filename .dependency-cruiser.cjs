/** The architecture, as rules with their reasons. `docs/architecture.md` draws the same picture. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-knows-nobody',
      comment: 'core is the vocabulary both halves share: no I/O and no framework; zod parses what crosses a boundary.',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: ['^core/', '^(node:)?crypto$', 'node_modules/(zod|re2js)/'] },
    },
    {
      name: 'constructs-only-describe',
      comment:
        'A construct turns props into objects. It never reads a file, a clock, a cluster or a stack. The generator of imports/ is a program of its own.',
      severity: 'error',
      from: { path: '^constructs/', pathNot: '^constructs/generate/main\\.ts$' },
      to: { pathNot: ['^(core|constructs)/', 'node_modules/(cdk8s|cdk8s-plus-27|constructs)/'] },
    },
    {
      name: 'services-never-deploy',
      comment: 'Runtime code must run without Pulumi installed.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: ['^(infra|stacks|components|local)/', 'node_modules/@pulumi/'] },
    },
    {
      name: 'services-are-strangers',
      comment: 'One service reaches another over the cluster, not over an import. shared/ is the exception.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: ['^services/($1|shared)/'] },
    },
    {
      name: 'decisions-are-pure',
      comment: 'A decision takes facts and returns data: no I/O, no framework; types may come from anywhere.',
      severity: 'error',
      from: { path: '^services/.*/(decide|plan|render|step|model|sanitize)[^/]*\\.ts$' },
      to: {
        pathNot: [
          '^(core|constructs)/',
          '^services/.*/(decide|plan|render|step|model|sanitize|parse|decode)[^/]*\\.ts$',
          'node_modules/(zod|yaml|re2js|cdk8s|constructs)/',
          '^(node:)?crypto$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'deploying-code-never-runs',
      comment: 'A stack describes services; it does not link them.',
      severity: 'error',
      from: { path: '^(infra|stacks|components|constructs)/' },
      to: { path: '^services/' },
    },
    {
      name: 'program-cannot-tell-local',
      comment: 'The embedded cluster is one target of several: the program must run with no local part loaded.',
      severity: 'error',
      from: { path: '^(infra|stacks|components|constructs|core|services|policy|review)/' },
      to: { path: '^local/' },
    },
    {
      name: 'own-cluster-loads-nothing-local',
      comment:
        "A user's own cluster and its images need nothing of the embedded one: no part of it is loaded, so none can be missing.",
      severity: 'error',
      from: { path: '^cli/(start-on-context\\.ts$|context/|images/)' },
      to: { path: '^local/', reachable: true },
    },
    {
      name: 'review-judges-data',
      comment:
        'A review turns two rendered clusters into text. It runs no process, reads no file and asks nobody: what does is in cli/review.',
      severity: 'error',
      from: { path: '^review/' },
      to: {
        pathNot: ['^(core|review)/', 'node_modules/(zod|yaml|diff)/', '^(node:)?(net|util|crypto)$'],
      },
    },
    {
      name: 'rules-are-pure',
      comment: 'A policy rule runs in a test, in a review and in the engine: it may need none of them.',
      severity: 'error',
      from: { path: '^policy/', pathNot: '^policy/(pack/|generate-)' },
      to: { pathNot: ['^(core|policy)/', 'node_modules/(zod|yaml)/', '^(node:)?net$'] },
    },
    {
      name: 'capacity-model-is-pure',
      comment:
        'The same builds give the same requirement, wherever it is computed: no file, clock, process or cluster. What reads files is in cli/capacity. One library is WebAssembly in a file of its own.',
      severity: 'error',
      from: { path: '^infra/(capacity|control-plane)/', pathNot: '^infra/capacity/forecast/models/mstl-ets\\.ts$' },
      to: {
        pathNot: [
          '^(core|infra/(capacity|control-plane))/',
          '^infra/nodes/reservations\\.ts$',
          // A type of it, from a module that is found by Node and not by this tool.
          '^vega-lite$',
          'node_modules/(zod|papaparse|@types/papaparse|@js-temporal/polyfill|@bsull/augurs|arima|simple-statistics)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-needs-tests',
      comment: 'Tests hold the product, not the other way round.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist)/' },
  },
};
