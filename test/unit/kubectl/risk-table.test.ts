/** The risk table, row by row. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';

const assess = (text: string): ReturnType<typeof assessCommand> =>
  assessCommand(`kubectl ${text}`, { defaultNamespace: 'shop' });

describe('low: reading', () => {
  for (const text of [
    'get pods',
    '-n prod get pods',
    '--namespace=prod get pods',
    '-nprod get pods -owide',
    'get pods -w',
    'get po,svc,deploy',
    'get pod/web deployment/web',
    'get nodes',
    'get ns',
    `get pods -l 'app!=x' --sort-by=.metadata.name`,
    `get pods -o jsonpath='{.items[*].metadata.name}'`,
    'get secrets',
    'get secret db -o name',
    'get secrets -o wide',
    'get certificates.cert-manager.io -o yaml',
    'get pod web --subresource=status',
    'describe secret db',
    'describe pod web',
    'logs web',
    'logs -f web -c app',
    'logs deploy/web --tail=100 --previous --all-containers',
    'logs web app -p',
    'logs -l app=web --since=10m',
    'events --types=Warning',
    'events --for pod/web',
    'top pods',
    'top pod web --containers',
    'top no',
    'explain pods.spec.containers',
    'explain deployments --recursive -o plaintext-openapiv2',
    'api-resources --namespaced=true -o wide',
    'api-versions',
    'version -o json',
    'version --client',
    'cluster-info',
    'auth can-i create deployments',
    'auth can-i --list',
    'auth whoami -o yaml',
    'rollout status deployment/web --timeout=60s',
    'rollout history deployment web --revision=3 -o yaml',
    'wait pod/web --for=condition=Ready --timeout=30s',
    'label pods web --list',
    'label pods web a=b --list',
    'annotate pods web --list a=b',
    'set env deploy/web --list A=b',
    'set env deploy/web --list',
    'get pods -v=4 --request-timeout=5s',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, sensitive, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected, sensitive },
        { riskLevel: 'low', mutates: false, rejected: false, sensitive: false },
        reason,
      );
    });
  }
});

describe('low: a dry run of a verb that has one', () => {
  for (const text of [
    'delete pod web --dry-run=server',
    'delete ns shop --dry-run=client',
    'scale deploy web --replicas=0 --dry-run=server',
    'rollout undo deploy/web --dry-run=server',
    'set image deploy/web app=a:2 --dry-run=server',
    'set env deploy/web A=b --dry-run=client',
    'set resources deploy/web --limits=memory=1Gi --dry-run=server',
    'set selector svc web app=web --dry-run=server',
    'set sa deploy web robot --dry-run=server',
    `patch deploy web -p '{"spec":{"replicas":2}}' --dry-run=server`,
    'label node n1 a=b --dry-run=server',
    'annotate pod web a=b --dry-run=client',
    'cordon n1 --dry-run=server',
    'delete pod web --dry-run=none --dry-run=server',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, forbidden, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected, forbidden },
        { riskLevel: 'low', mutates: false, rejected: false, forbidden: false },
        reason,
      );
    });
  }
});

describe('medium: changes that can be put back', () => {
  for (const text of [
    'scale deployment/web --replicas=3',
    'scale --replicas 3 rs web',
    'rollout restart deploy/web',
    'rollout restart deployment -l app=web',
    'rollout undo deployment/web --to-revision=2',
    'rollout pause deploy web',
    'rollout resume deploy web',
    'set image deployment/web app=registry.io/web:2',
    'set env deployment/web LEVEL=debug OLD-',
    'set env deployment/web --from=configmap/web',
    'set resources deployment web -c app --limits=cpu=200m,memory=512Mi',
    'set selector service web app=web,tier=front',
    'set serviceaccount deployment web robot',
    `patch deployment web -p '{"spec":{"progressDeadlineSeconds":600}}'`,
    `patch svc web --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'`,
    `patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
    'label pods web quarantine=true --overwrite',
    'annotate deployment web note- -n prod',
    'label deployments.v1.apps web a=b',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected },
        { riskLevel: 'medium', mutates: true, rejected: false },
        reason,
      );
    });
  }
});

describe('high, and still reading', () => {
  for (const text of [
    'get pods -A',
    'get pods --all-namespaces',
    'get pods -wA',
    'get pods -n kube-system',
    'describe deploy/coredns --namespace kube-system',
    'logs -n kube-system coredns-1',
    'events -n kube-public',
    'get --raw /healthz',
    'cluster-info dump',
    'wait pods --all --for=condition=Ready',
    'auth can-i get pods -n kube-system',
    'delete pod web -n kube-system --dry-run=server',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected },
        { riskLevel: 'high', mutates: false, rejected: false },
        reason,
      );
    });
  }
});

describe('high and sensitive: it would print secret values', () => {
  for (const text of [
    'get secret db -o yaml',
    'get secrets -ojson',
    'get Secret/db --output=kyaml',
    'get secrets.v1. db -o yaml',
    'get pods,secrets -o yaml',
    'get pod/web secret/db -o yaml',
    `get secret db -o jsonpath='{.data.password}'`,
    `get secret db -o go-template='{{.data}}'`,
    `get secret db --template='{{.data}}'`,
    'get secret db -o custom-columns=A:.data',
    'get secret db -o name -o yaml',
    'get secret db -v=8',
    'get secret db -v9',
    'get pods --vmodule=round_trippers=9',
    'label secret db a=b -o yaml',
    `patch secret db -p '{"a":"b"}' --dry-run=server -o yaml`,
    'annotate secret db --list',
    'set env deploy/web --list --resolve',
    'get --raw /api/v1/namespaces/shop/secrets',
    'get --raw /api/v1/namespaces/shop/%73ecrets',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, sensitive, rejected, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, sensitive, rejected },
        { riskLevel: 'high', sensitive: true, rejected: false },
        reason,
      );
    });
  }
});

describe('high: changes', () => {
  for (const text of [
    'delete pod web',
    'delete deployment/web',
    'delete pod web --force --grace-period=0',
    'delete pods --all',
    'delete widgets.example.com w1',
    'exec web -- ls',
    'exec deploy/web -c app -- rm -rf /data --dry-run=server',
    'cordon n1',
    'uncordon n1 n2',
    'scale deployment/web --replicas=0',
    'scale deployment/web --replicas=3 -n kube-system',
    `patch deployment web -p '{"spec":{"replicas":0}}'`,
    `patch deployment web -p '{"spec":{"replicas":null}}'`,
    `patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":0}]'`,
    `patch deployment web --type=json -p '[{"op":"remove","path":"/spec/replicas"}]'`,
    `patch deployment web --type=json -p '[{"op":"copy","from":"/spec/x","path":"/spec/replicas"}]'`,
    `patch configmap web -p '{"data":{"a":"b"}}'`,
    'rollout restart deployment',
    'rollout pause deploy,sts',
    'label pods --all=false a=b',
    `rollout restart deployment -l 'app!=web'`,
    `rollout restart deployment -l 'app notin (a,b,c)'`,
    'rollout restart deployment -l app',
    `rollout restart deployment -l ''`,
    'label pods --all a=b',
    'label pods -A -l app=web a=b',
    'set image deployments --all app=a:2',
    'label node n1 a=b',
    'annotate ns shop a=b',
    'label role r a=b',
    'label rolebinding.rbac.authorization.k8s.io r a=b',
    'annotate serviceaccount robot a=b',
    'label secret db a=b',
    'label validatingwebhookconfiguration v a=b',
    'scale widgets.example.com w1 --replicas=3',
    'rollout restart deployments.example.com web',
    'label all a b=c',
    'delete widgets.example.com w1 --dry-run=server',
    `get --raw '/api/v1/namespaces/shop/pods/web/proxy/admin?delete=1'`,
    'get --raw /api/v1/nodes/n1/prox%79/run',
    'get --raw /api/v1/namespaces/shop/pods/web/exec',
  ]) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, mutates, rejected, forbidden, reason } = assess(text);
      assert.deepEqual(
        { riskLevel, mutates, rejected, forbidden },
        { riskLevel: 'high', mutates: true, rejected: false, forbidden: false },
        reason,
      );
    });
  }
});

describe('forbidden: deletes that take a typed name, in every spelling', () => {
  for (const text of [
    ...['ns', 'namespace', 'namespaces', 'Namespace', 'NAMESPACES', 'namespaces.v1.', 'namespaces.'],
    ...[
      'no',
      'node',
      'nodes',
      'pv',
      'persistentvolume',
      'persistentvolumes',
      'pvc',
      'persistentvolumeclaims',
    ],
    ...['crd', 'crds', 'customresourcedefinition', 'customresourcedefinitions.apiextensions.k8s.io'],
    ...[
      'customresourcedefinitions.v1.apiextensions.k8s.io',
      'pods,ns',
      'ns,pods',
      'pvc,pv',
      'nodes.metrics.k8s.io',
    ],
    'api-extensions',
  ].map((type) => `delete ${type} shop`)) {
    it(`kubectl ${text}`, () => {
      const { riskLevel, forbidden, mutates, rejected } = assess(text);
      assert.deepEqual(
        { riskLevel, forbidden, mutates, rejected },
        { riskLevel: 'high', forbidden: true, mutates: true, rejected: false },
      );
    });
  }
  for (const text of [
    'delete ns/shop',
    'delete pod/web ns/shop',
    'delete --all pvc',
    'delete pvc -l app=web',
    'delete -n shop pvc/data --wait=false',
    'delete ns shop --dry-run=server --dry-run=none',
    'delete ns -- shop',
    '-n shop delete ns shop --force',
  ]) {
    it(`kubectl ${text}`, () => {
      assert.equal(assess(text).forbidden, true);
    });
  }
});

describe('what people are told', () => {
  for (const [text, reason] of [
    ['get pods -n prod', 'Reads pods in prod; changes nothing.'],
    ['delete pod web', 'Deletes pod web in shop: only what a controller owns comes back by itself.'],
    ['scale deploy web --replicas=0', 'Scales deployment web in shop to 0: nothing of it keeps running.'],
    ['scale deploy web --replicas=4', 'Scales deployment web in shop to 4.'],
    [
      'delete ns shop',
      'Deletes namespace shop: everything in it goes too; a person must type its name to allow this.',
    ],
    ['delete pod web --dry-run=server', 'Dry run, changes nothing: Deletes pod web in shop.'],
    ['rollout restart deploy', 'Restarts the pods of deployments in shop: nothing narrows down which ones.'],
    ['get secret db -o yaml', 'Reads secret db in shop: this prints values that must stay secret.'],
    ['label pods web --list', 'Lists labels of pod web in shop; changes nothing.'],
    ['proxy', 'kubectl proxy changes or serves from this machine, not the cluster.'],
    ['get pods --as=admin', '--as would change who talks to which cluster; both are pinned.'],
  ] as const) {
    it(`kubectl ${text}: ${reason}`, () => {
      assert.equal(assess(text).reason, reason);
    });
  }
});

describe('targets', () => {
  const targets = (text: string): unknown => assess(text).targets;

  it('name kind, name and namespace of each object', () => {
    assert.deepEqual(targets('delete po,svc a b -n prod'), [
      { kind: 'Pod', name: 'a', namespace: 'prod' },
      { kind: 'Pod', name: 'b', namespace: 'prod' },
      { kind: 'Service', name: 'a', namespace: 'prod' },
      { kind: 'Service', name: 'b', namespace: 'prod' },
    ]);
    assert.deepEqual(targets('label deploy/a sts/b x=y'), [
      { kind: 'Deployment', name: 'a', namespace: 'shop' },
      { kind: 'StatefulSet', name: 'b', namespace: 'shop' },
    ]);
    assert.deepEqual(targets('logs web'), [{ kind: 'Pod', name: 'web', namespace: 'shop' }]);
    assert.deepEqual(targets('exec deploy/web -- ls pod/x'), [
      { kind: 'Deployment', name: 'web', namespace: 'shop' },
    ]);
  });

  it('have no namespace where the object has none, or where that cannot be known', () => {
    assert.deepEqual(targets('get node n1 -n prod'), [{ kind: 'Node', name: 'n1' }]);
    assert.deepEqual(targets('delete clusterissuers le -n prod'), [{ kind: 'clusterissuers', name: 'le' }]);
    assert.deepEqual(targets('get --raw /api/v1/namespaces/prod/pods'), [
      { kind: 'raw path', name: '/api/v1/namespaces/prod/pods' },
    ]);
  });

  it('have a star for what the command leaves open', () => {
    assert.deepEqual(targets('get pods -A'), [{ kind: 'Pod', name: '*', namespace: '*' }]);
    assert.deepEqual(targets('delete pods -l app=web'), [{ kind: 'Pod', name: '*', namespace: 'shop' }]);
  });

  it('follow the last of repeated namespaces, as kubectl does', () => {
    assert.deepEqual(targets('-n a get pod x --namespace b -nc'), [
      { kind: 'Pod', name: 'x', namespace: 'c' },
    ]);
  });

  it('can only be put back where each is named', () => {
    assert.equal(assess('scale deploy web --replicas=2').reversible, true);
    assert.equal(assess('label pods -l app=web a=b').reversible, false);
    assert.equal(assess('delete pod web').reversible, false);
    assert.equal(assess('get pods').reversible, true);
  });

  it('come with the argv as it would run', () => {
    assert.deepEqual(assess(`get pods -l 'a in (b)'`).argv, ['kubectl', 'get', 'pods', '-l', 'a in (b)']);
    const argv = ['kubectl', 'apply', '-f', 'x'];
    assert.deepEqual(assessCommand(argv).argv, argv);
    assert.deepEqual(assess('get pods; id').argv, []);
  });
});
