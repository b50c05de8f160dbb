/** The verbs that are always high: what they make, whom they reach, what they print. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';

const assess = (text: string): ReturnType<typeof assessCommand> =>
  assessCommand(`kubectl ${text}`, { defaultNamespace: 'shop' });

const high: readonly (readonly [text: string, ...targets: string[]])[] = [
  ['create namespace x', 'Namespace x'],
  ['create ns x', 'Namespace x'],
  ['create configmap x --from-literal=a=b', 'ConfigMap shop/x'],
  ['create cm x -n prod', 'ConfigMap prod/x'],
  ['create deployment web --image=a --replicas=2 -- sleep 1', 'Deployment shop/web'],
  ['create deploy web --image=a', 'Deployment shop/web'],
  ['create job j --from=cronjob/x', 'Job shop/j'],
  ['create cronjob c --image=a --schedule="* * * * *" -- date', 'CronJob shop/c'],
  ['create ingress i --rule="host/path=svc:80"', 'Ingress shop/i'],
  ['create secret generic s --from-literal=a=b', 'Secret shop/s'],
  [
    'create secret docker-registry s --docker-username=a --docker-password=b --docker-server=c',
    'Secret shop/s',
  ],
  ['create service clusterip s --tcp=80:80', 'Service shop/s'],
  ['create svc externalname s --external-name=a.b', 'Service shop/s'],
  ['create service loadbalancer s --tcp=80', 'Service shop/s'],
  ['create service nodeport s --tcp=80 --node-port=30000', 'Service shop/s'],
  ['create sa robot', 'ServiceAccount shop/robot'],
  ['create role r --verb=get --resource=pods', 'Role shop/r'],
  ['create rolebinding r --role=x --user=a --group=b', 'RoleBinding shop/r'],
  ['create clusterrole r --verb=get --resource=pods', 'ClusterRole r'],
  ['create clusterrolebinding r --clusterrole=x --user=a', 'ClusterRoleBinding r'],
  ['create quota q --hard=pods=1', 'ResourceQuota shop/q'],
  ['create pdb p --selector=a=b --min-available=1', 'PodDisruptionBudget shop/p'],
  ['create pc p --value=1', 'PriorityClass p'],
  ['run web --image=a -- rm -rf / --dry-run=client', 'Pod shop/web'],
  [`run web --image=a --overrides='{"spec":{"nodeName":"n1"}}'`, 'Pod shop/web'],
  ['run web --image=a --port=80 --expose', 'Pod shop/web', 'Service shop/web'],
  ['expose deployment web --port=80', 'Service shop/web'],
  ['expose pod/web --port=80 --name=front', 'Service shop/front'],
  ['autoscale deployment web --max=5', 'HorizontalPodAutoscaler shop/web'],
  ['drain n1 --ignore-daemonsets', 'Node n1', 'Pod */*'],
  ['taint nodes n1 a=b:NoSchedule', 'Node n1'],
  ['taint node n1 n2 a-', 'Node n1', 'Node n2'],
  ['certificate approve a b', 'CertificateSigningRequest a', 'CertificateSigningRequest b'],
  ['certificate deny csr/a', 'CertificateSigningRequest a'],
  ['set subject rolebinding r --user=a', 'RoleBinding shop/r'],
  ['debug web --image=a -- ls', 'Pod shop/web'],
  ['debug web --image=a --copy-to=other', 'Pod shop/web', 'Pod shop/other'],
  ['debug node/n1 --image=a --profile=sysadmin', 'Node n1', 'Pod shop/*'],
  ['port-forward svc/web 8080:80', 'Service shop/web'],
  ['port-forward web :http --address=127.0.0.1', 'Pod shop/web'],
];

const withoutRehearsal = /^(certificate|debug|port-forward)/;

describe('the verbs that are always high', () => {
  for (const [text, ...targets] of high) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, forbidden, affectsAll, sensitive, ...rest } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected, forbidden, affectsAll, sensitive },
        {
          riskLevel: 'high',
          mutates: true,
          rejected: false,
          forbidden: false,
          affectsAll: false,
          sensitive: false,
        },
        rest.reason,
      );
      assert.deepEqual(
        rest.targets.map(
          ({ kind, name, namespace }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
        ),
        targets,
      );
    });
  }

  it('are low where they only rehearse', () => {
    for (const [text] of high.filter(([command]) => !withoutRehearsal.test(command))) {
      const [words = '', ...command] = text.split(' -- ');
      for (const dryRun of ['server', 'client']) {
        const rehearsal = [`${words} --dry-run=${dryRun}`, ...command].join(' -- ');
        const { riskLevel, mutates, reason } = assess(rehearsal);
        assert.deepEqual(
          { riskLevel, mutates },
          { riskLevel: 'low', mutates: false },
          `${rehearsal}: ${reason}`,
        );
      }
    }
  });

  it('mean the same with their flags before the sub-verb, as for kubectl', () => {
    assert.equal(assess('create -n prod --dry-run=client -oyaml deployment web --image=a').riskLevel, 'low');
    assert.deepEqual(assess('create -n prod ns x').targets, [{ kind: 'Namespace', name: 'x' }]);
    assert.equal(assess('create --dry-run=client token robot').rejected, true);
  });

  it('reach everything where nothing narrows them down', () => {
    assert.equal(assess('taint nodes --all a=b:NoSchedule').affectsAll, true);
    // With --all kubectl ignores the names beside it.
    assert.deepEqual(assess('taint nodes n1 a=b:NoSchedule --all').targets, [{ kind: 'Node', name: '*' }]);
    assert.equal(assess(`drain -l ''`).affectsAll, true);
    assert.equal(assess('drain -l pool=old').affectsAll, false);
  });

  it('say when they print a credential', () => {
    for (const text of [
      'create token robot',
      'create token robot -o name',
      'apply view-last-applied secret db',
    ]) {
      const { sensitive, riskLevel } = assess(text);
      assert.deepEqual({ sensitive, riskLevel }, { sensitive: true, riskLevel: 'high' }, text);
    }
  });

  it('cannot be put back where something ran, stopped or got out', () => {
    for (const text of [
      'run x --image=a',
      'debug x --image=a',
      'drain n1',
      'create token x',
      'port-forward x 80',
    ]) {
      assert.equal(assess(text).reversible, false, text);
    }
    for (const text of ['create cm x', 'expose deploy web --port=80', 'taint node n1 a=b:NoSchedule']) {
      assert.equal(assess(text).reversible, true, text);
    }
  });

  for (const [text, reason] of [
    [
      'drain n1',
      'Empties node n1: pods stop there, and start elsewhere only where a controller owns them and there is room.',
    ],
    ['drain n1 --force', 'Empties node n1: --force also takes the pods that no controller brings back.'],
    ['create role r --verb=get --resource=pods', 'Creates role r in shop: it changes who may do what.'],
    [
      'debug node/n1 --image=a',
      "Starts a debugging container for node n1: its pod sees the node's processes and files.",
    ],
    [
      'expose deploy web --port=80',
      'Makes pods reachable through a new service web in shop: traffic reaches them from then on.',
    ],
    ['create ns x --dry-run=server', 'Dry run, changes nothing: Creates namespace x.'],
  ] as const) {
    it(`kubectl ${text}: ${reason}`, () => {
      assert.equal(assess(text).reason, reason);
    });
  }
});
