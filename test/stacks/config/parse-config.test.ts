import { parseClusterConfig } from '../../../stacks/config/parse-config';
import { InvalidConfigError } from '../../../stacks/config/problem';
import { stackInputs } from '../../../stacks/config/stack-inputs';
import { MINIMAL } from '../stack-config';

const noFile = (): string => {
  throw new Error('no such file');
};

/** The lines of the error that a configuration is refused with, its head aside. */
function problemsOf(config: Record<string, unknown>, readText: (path: string) => string = noFile): string[] {
  try {
    stackInputs({ ...MINIMAL, ...config }, readText);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    const [head, ...lines] = error.message.split('\n');
    expect(head).toBe('invalid stack config:');
    return lines.map((line) => line.trim());
  }
  return [];
}

describe('an invalid stack config', () => {
  test('is told every problem in one message: where, what is allowed, what was there', () => {
    const pipelines = [{ name: 'check', triggers: [{ event: 'patchset-created' }] }];

    expect(
      problemsOf({
        classes: { default: { executors: 0, containerExecutors: '2' } },
        pipelines: [...pipelines, { name: 'check-2', triggers: [], timeoutSeconds: 90_000 }],
        projects: [{ gerritName: 'a', class: 'defualt' }, { gerritName: 'a' }],
        system: { statusUrl: 'https://ci.example.org/', busSize: '10 GB', uiReplicas: 1.5 },
      }),
    ).toEqual([
      'seakeeper:pipelines[1].triggers: must not be empty; got an empty list',
      'seakeeper:pipelines[1].timeoutSeconds: must be at most 86400; got 90000',
      'seakeeper:classes.default.executors: must be more than 0; got 0',
      'seakeeper:classes.default.containerExecutors: must be a number; got "2"',
      'seakeeper:system.uiReplicas: must be a whole number; got 1.5',
      'seakeeper:system.busSize: must be a whole number of Mi, Gi or Ti, such as 10Gi; got "10 GB"',
      'seakeeper:system.statusUrl: must not end in /; got "https://ci.example.org/"',
      `seakeeper:projects[0].class: must be one of seakeeper:classes: default; got "defualt"; did you mean 'default'?`,
      "seakeeper:projects[1].gerritName: 'a' is listed twice; it is also seakeeper:projects[0]",
    ]);
  });

  test.each([
    [
      'a misspelt key',
      { pipeline: [] },
      "seakeeper:pipeline: is not known; allowed are: layers, layerStacks, access, policy, images, gerrit, network, pipelines, capacity, controlPlane, machines, classes, projectLists, projects, selfServe, members, retirement, system, gerritSshKey, gerritHttpPassword, natsPassword, natsTlsCert, natsTlsKey, storeRootUser, storeRootPassword, storeAdminAccessKey, storeAdminSecretKey, storeReaderAccessKey, storeReaderSecretKey; did you mean 'pipelines'?",
    ],
    [
      'a misspelt key further in',
      { classes: { default: { executor: 4, executors: 4 } } },
      "seakeeper:classes.default.executor: is not known; allowed are: executors, containerExecutors, parallelism, pool; did you mean 'executors'?",
    ],
    [
      'a misspelt value of a few',
      { layers: ['foundation', 'systm'] },
      `seakeeper:layers[1]: must be one of: foundation, system, ui; got "systm"; did you mean 'system'?`,
    ],
    [
      'a misspelt pool',
      { classes: { default: { executors: 4, pool: 'heavvy' } } },
      `seakeeper:classes.default.pool: must be one of: check, heavy, security; got "heavvy"; did you mean 'heavy'?`,
    ],
    [
      'a misspelt kind',
      { network: { clusterCidrs: ['10.0.0.0/8'], holes: [{ name: 'x', to: { kind: 'pod' }, ports: [] }] } },
      `seakeeper:network.holes[0].to.kind: must be one of: cidr, pods; got "pod"; did you mean 'pods'?`,
    ],
    [
      'a misspelt layer as a key',
      { layerStacks: { fundation: 'o/p/s' } },
      "seakeeper:layerStacks.fundation: is not known; allowed are: foundation, system, ui; did you mean 'foundation'?",
    ],
    [
      'a value unlike anything allowed, without a guess',
      { layers: ['xyzzy'] },
      'seakeeper:layers[0]: must be one of: foundation, system, ui; got "xyzzy"',
    ],
    ['a missing key', { system: {} }, 'seakeeper:system.statusUrl: is missing: must be a string'],
    [
      'a name that is none',
      { classes: { default: { executors: 4 }, 'Very Large': { executors: 4 } } },
      'seakeeper:classes.Very Large: is no valid name: must be a-z, 0-9 and -',
    ],
    ['a string for a list', { layers: 'system' }, 'seakeeper:layers: must be a list; got "system"'],
    [
      "one of Kubernetes' own groups",
      { access: { releng: ['system:authenticated'] } },
      `seakeeper:access.releng[0]: must not be one of Kubernetes' own groups; got "system:authenticated"`,
    ],
    [
      'a gate that nothing runs',
      { pipelines: [{ name: 'gate', manager: 'dependent', triggers: [{ event: 'comment-added' }] }] },
      'seakeeper:pipelines[0].manager: must be independent as long as there is no gate; got "dependent"; to keep it written down, set enabled: false',
    ],
    [
      'a range that is none',
      { network: { ...MINIMAL.network, clusterCidrs: ['10.0.0.0/8', '10.0.0.1', 'fd00::/129'] } },
      'seakeeper:network.clusterCidrs[1]: must be a range of addresses, such as 10.0.0.0/8 or fd00::/8; got "10.0.0.1"',
    ],
    [
      'a hole that the system needs',
      { network: { ...MINIMAL.network, holes: [{ ...MINIMAL.network.holes[0], name: 'kube-dns' }] } },
      "seakeeper:network.holes: must have one named 'dns': the system goes through it too; got: kube-dns",
    ],
    [
      'a machine listed twice',
      { machines: [1, 1].map(() => ({ name: 'n1', cpu: 8, memory: '32Gi', disk: '1Ti', pool: 'check' })) },
      "seakeeper:machines[1].name: 'n1' is listed twice; it is also seakeeper:machines[0]",
    ],
  ])('names %s', (_, config, expected) => {
    expect(problemsOf(config)).toContain(expected);
  });

  test.each<[object, string]>([
    [{ event: 'patchset-creatd' }, "event: must be one of: patchset-created, .*; did you mean 'patchset-created'"],
    [{ event: 5 }, 'event: must be one of: .*; got 5'],
    [{ event: [] }, 'event: must not be empty; got an empty list'],
    [{ approval: { label: 'V', val: 1 } }, 'approval: value is missing: must be a number, or .* a list; got an object'],
    [{ approval: { label: 'V', value: 1, by: 2 } }, 'approval.by: is not known; allowed are: label, value'],
    [{ branch: { glob: '[' } }, "branch.glob: '\\[' is not a glob: has '\\['.*"],
    [{ branch: { plain: 'a', glob: 'b' } }, 'branch: must be a pattern: .* exactly one of plain.*; got an object'],
    [{ branch: ['a', { re2: '(' }] }, "branch\\[1\\].re2: '\\(' is not an RE2 pattern: .*"],
    [{ command: { name: 'a' } }, 'command: arguments must be a pattern.*'],
    [{ by: {} }, 'by: names nobody; say at least one of username, email, name, group.*'],
    [{ require: {} }, 'require: says nothing; leave it out, or give it a condition.*'],
  ])('of a filter is told in one line: %j', (trigger, line) => {
    const pipelines = [{ name: 'check', triggers: [{ event: 'comment-added', ...trigger }] }];

    expect(problemsOf({ pipelines })).toEqual([
      expect.stringMatching(new RegExp(`^seakeeper:pipelines\\[0\\]\\.triggers\\[0\\]\\.${line}`)),
    ]);
  });

  test('shows no secret: not under a name that says so, nor in a text that looks like one, nor under an unknown key', () => {
    const text = problemsOf({
      natsPasword: 'hunter2',
      gerrit: { ...MINIMAL.gerrit, sshPort: 'x', httpPassword: 'hunter2', httpUrl: 'https://me:hunter2@example.org/' },
      network: {
        clusterCidrs: [],
        holes: [{ name: 'x', to: { kind: 'pods', namespace: 'n', labels: { token: 22222 } } }],
      },
    }).join('\n');

    expect(text).toContain('seakeeper:natsPasword: is not known');
    expect(text).toContain("did you mean 'natsPassword'?");
    expect(text).toContain('seakeeper:gerrit.httpUrl: must not end in /; got [secret]');
    expect(text).toContain('seakeeper:network.holes[0].to.labels.token: must be a string; got [secret]');
    expect(text).not.toContain('hunter2');
  });

  test('a dependent pipeline that is switched off is valid', () => {
    const pipelines = [{ name: 'gate', manager: 'dependent', enabled: false, triggers: [{ event: 'comment-added' }] }];

    expect(parseClusterConfig({ ...MINIMAL, pipelines }).pipelines).toMatchObject([{ name: 'gate', enabled: false }]);
  });
});

describe('project lists', () => {
  const files: Record<string, string> = {
    'projects/a.txt': '# ours\nmediawiki/core default # the one\n\noperations/puppet larg\nx y z',
    'projects/b.txt': 'analytics/aqs\nmediawiki/core\n',
  };
  const readText = (path: string) => files[path] ?? noFile();
  const classes = { default: { executors: 4 }, large: { executors: 8 } };

  test('are told what is wrong by file and line, beside what is wrong elsewhere', () => {
    const projectLists = ['projects/a.txt', 'projects/b.txt', 'projects/c.txt'];

    expect(problemsOf({ classes, projectLists, layers: [] }, readText)).toEqual([
      'seakeeper:layers: must not be empty; got an empty list',
      `projects/a.txt:4: must be one of seakeeper:classes: default, large; got "larg"; did you mean 'large'?`,
      'projects/a.txt:5: must be a name and a class; got 3 words',
      `projects/a.txt:5: must be one of seakeeper:classes: default, large; got "y"`,
      "projects/b.txt:2: 'mediawiki/core' is listed twice; it is also projects/a.txt:2",
      'seakeeper:projectLists[2]: must be a file, by its path from the folder of Pulumi.yaml; got "projects/c.txt"',
    ]);
  });

  test('add their projects; what stack config says of one holds', () => {
    const projects = [{ gerritName: 'analytics/aqs', class: 'large' }];
    const { config } = stackInputs({ ...MINIMAL, classes, projects, projectLists: ['projects/b.txt'] }, readText);

    expect(config.projects).toMatchObject([
      { gerritName: 'analytics/aqs', class: 'large' },
      { gerritName: 'mediawiki/core', class: 'default', visibility: 'public' },
    ]);
  });
});
