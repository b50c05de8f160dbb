import assert from 'node:assert/strict';
import { entrypoint, entrypointScript } from '../../../../src/practice/app.ts';
import { selected, staysInside } from '../../../../src/practice/break/fitness.ts';
import { playedBy } from '../../../../src/practice/break/images.ts';
import { acceptedPaths, kubectlEnvironment } from '../../../../src/practice/break/kubectl.ts';
import { optionsOf } from '../../../../src/practice/break/options.ts';
import { quoted } from '../../../../src/practice/break/report.ts';
import { ruleOfNamespace } from '../../../../src/practice/neighbours.ts';
import { namespaces, nodes, pods } from '../../../../src/practice/objects.ts';
import type { Scenario } from '../../../../src/practice/scenarios/scenario.ts';
import { manifest } from '../../../../src/practice/scenarios/scenario.ts';
import { scenarioNamed, scenarios } from '../../../../src/practice/scenarios/scenarios.ts';

const crashloop = scenarioNamed('crashloop');
const names = (chosen: readonly Scenario[]): string[] => chosen.map(({ name }) => name);

describe('Breaking a test cluster: what is asked for', () => {
  it('is never guessed: neither a context nor a scenario', () => {
    assert.throws(() => optionsOf(['crashloop'], scenarios), /Name the context/);
    assert.throws(() => optionsOf(['crashloop', '--context', ''], scenarios), /Name the context/);
    assert.throws(
      () => optionsOf(['--context', 'kind'], scenarios),
      /Say what to break: 1 crashloop, 2 image-pull/,
    );
    assert.throws(() => optionsOf(['flood', '--context', 'kind'], scenarios), /no scenario "flood"/);
    assert.throws(() => optionsOf(['all', 'clean', '--context', 'kind'], scenarios), /no scenario "all"/);
    assert.throws(() => optionsOf(['1', '--force', '--context', 'kind'], scenarios), /--force/);
  });

  it('names scenarios by name or number', () => {
    const { task } = optionsOf(['1', 'crashloop', 'oom-kill', '--context', 'kind'], scenarios);
    assert.ok(typeof task === 'object' && task.kind === 'named');
    assert.deepEqual(names(task.scenarios), ['crashloop', 'oom-kill']);
  });
});

describe('Breaking a test cluster: what can come about there', () => {
  it('leaves out, with the reason, what the cluster cannot do', () => {
    for (const { name, needs } of scenarios) {
      const { play, skipped } = selected(
        { kind: 'named', scenarios: [scenarioNamed(name)] },
        scenarios,
        new Set(),
      );
      if (needs.length > 0) assert.equal(skipped[0]?.why.length === 0, false, name);
      assert.equal(play.length + skipped.length, 1, name);
      if (needs.length > 0) assert.equal(play.length, 0, name);
    }
  });

  it('never makes, changes or deletes what belongs to no namespace', () => {
    const outside: Scenario = {
      ...crashloop,
      healthy: () => [manifest(namespaces, { metadata: { name: 'other' } })],
    };
    const elsewhere: Scenario = {
      ...crashloop,
      healthy: () => crashloop.healthy('kube-system'),
    };
    const onNodes: Scenario = {
      ...crashloop,
      breakage: [
        { deed: 'patch', resource: nodes, name: 'n', type: 'merge', patch: {} },
      ] as Scenario['breakage'],
    };
    for (const scenario of [outside, elsewhere, onNodes]) {
      assert.equal(staysInside(scenario), false);
      const { play, skipped } = selected({ kind: 'named', scenarios: [scenario] }, [scenario], new Set());
      assert.deepEqual(play, []);
      assert.match(skipped[0]?.why ?? '', /belong to no namespace/);
    }
    assert.equal(staysInside(crashloop), true);
  });

  it('plays a rule for the whole namespace alone, and never beside others', () => {
    const governing = scenarios.filter((scenario) => ruleOfNamespace(scenario) !== undefined);
    const { play } = selected({ kind: 'all' }, scenarios, new Set(['metrics']));
    for (const scenario of governing) {
      assert.equal(play.includes(scenario), false);
      const alone = selected({ kind: 'named', scenarios: [scenario] }, scenarios, new Set());
      assert.deepEqual(names(alone.play), [scenario.name]);
    }
    assert.ok(play.includes(crashloop));
  });

  it('draws one that can come about', () => {
    const { play } = selected({ kind: 'random' }, scenarios, new Set(), () => 0.99);
    assert.equal(play.length, 1);
    assert.deepEqual(play[0]?.needs, []);
  });
});

describe('Breaking a test cluster: what reaches it', () => {
  it('starts kubectl with the credentials that people have, and with nothing that changes what it does', () => {
    const given = { HOME: '/home/me', KUBECONFIG: '/k', AWS_PROFILE: 'test', KUBECTL_EXTERNAL_DIFF: '/x' };
    assert.deepEqual(kubectlEnvironment({ ...given, LD_PRELOAD: '/x.so', KUBERC: '/aliases' }), {
      HOME: '/home/me',
      KUBECONFIG: '/k',
      AWS_PROFILE: 'test',
      KUBERC: 'off',
    });
  });

  it('passes the door only inside the practice namespace, and as lists of what scenarios read', () => {
    const paths = acceptedPaths([nodes, pods]).map((path) => new RegExp(path));
    const passes = (path: string): boolean => paths.some((one) => one.test(path));
    for (const path of [
      '/api/v1/namespaces',
      '/api/v1/namespaces/oncall-practice',
      '/api/v1/namespaces/oncall-practice/pods/checkout-1/log',
      '/apis/apps/v1/namespaces/oncall-practice/deployments',
      '/api/v1/nodes',
    ]) {
      assert.equal(passes(path), true, path);
    }
    for (const path of [
      '/api/v1/namespaces/default',
      '/api/v1/namespaces/oncall-practice-2/pods',
      '/api/v1/namespaces/default/pods/oncall-practice',
      '/apis/apps/v1/namespaces/default/deployments',
      '/apis/apps/v1/deployments',
      '/api/v1/pods',
      '/api/v1/nodes/node-1',
      '/api/v1/secrets',
    ]) {
      assert.equal(passes(path), false, path);
    }
  });

  it('names a public image for those that exist, and leaves missing ones missing', () => {
    const rewrite = playedBy('busybox:1.36');
    const container = { name: 'app', image: 'docker.io/library/shop-checkout:1.4.2' };
    const command = ['/bin/sh', '-c', entrypointScript, entrypoint];
    assert.deepEqual(rewrite({ containers: [container] }, 'object'), {
      containers: [{ name: 'app', image: 'busybox:1.36', command }],
    });
    assert.deepEqual(rewrite({ containers: [container] }, 'patch'), {
      containers: [{ name: 'app', image: 'busybox:1.36' }],
    });
    const missing = { name: 'app', image: 'docker.io/library/shop-checkout:9.9.9' };
    assert.deepEqual(rewrite(missing, 'patch'), missing);
    assert.deepEqual(rewrite({ ...container, command: [entrypoint, 'export'] }, 'object'), {
      name: 'app',
      image: 'busybox:1.36',
      command: [...command, 'export'],
    });
    const misspelt = ['/entrypiont'];
    assert.deepEqual(rewrite({ ...container, command: misspelt }, 'object').command, misspelt);
  });

  it('is told in commands that a shell takes to the letter', () => {
    assert.equal(quoted('kind-test'), 'kind-test');
    assert.equal(quoted("it's $HOME"), `'it'\\''s $HOME'`);
  });
});
