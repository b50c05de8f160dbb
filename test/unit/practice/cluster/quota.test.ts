import assert from 'node:assert/strict';
import { Rig, configMap, pod, type Body } from './ask.ts';

const core = '/api/v1/namespaces/default';

const quota = (hard: Record<string, string>): Body => ({ metadata: { name: 'compute' }, spec: { hard } });
const asking = (name: string, resources: object = {}): Body =>
  pod(name, { spec: { containers: [{ name: 'app', image: 'nginx:1.25', resources }] } });

describe('a namespace with a quota', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const refusal = async (path: string, body: Body): Promise<string> => {
    const { code, body: answer } = await rig.create(path, body);
    assert.equal(code, 403);
    assert.equal(answer.reason, 'Forbidden');
    return answer.message as string;
  };

  it('takes pods up to their number, and says what was asked, used and allowed of one too many', async () => {
    await rig.create(`${core}/resourcequotas`, quota({ pods: '2' }));
    for (const name of ['a', 'b']) assert.equal((await rig.create(`${core}/pods`, asking(name))).code, 201);
    assert.equal(
      await refusal(`${core}/pods`, asking('c')),
      'pods "c" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2',
    );
    await rig.remove(`${core}/pods/a`);
    assert.equal((await rig.create(`${core}/pods`, asking('c'))).code, 201);
  });

  it('adds up what containers ask for, in the units that people write', async () => {
    await rig.create(`${core}/resourcequotas`, quota({ 'requests.cpu': '300m', memory: '1Gi', pods: '10' }));
    const half = { requests: { cpu: '0.1', memory: '512Mi' } };
    const more = { requests: { cpu: '200m', memory: '512Mi' } };
    assert.equal((await rig.create(`${core}/pods`, asking('a', half))).code, 201);
    assert.equal((await rig.create(`${core}/pods`, asking('b', more))).code, 201);
    assert.equal(
      await refusal(`${core}/pods`, asking('c', half)),
      'pods "c" is forbidden: exceeded quota: compute, requested: memory=512Mi,requests.cpu=100m, ' +
        'used: memory=1Gi,requests.cpu=300m, limited: memory=1Gi,requests.cpu=300m',
    );
  });

  it('refuses a pod that does not say how much it may take, and names the containers', async () => {
    await rig.create(`${core}/resourcequotas`, quota({ 'limits.cpu': '2', 'limits.memory': '1Gi' }));
    assert.equal(
      await refusal(`${core}/pods`, asking('a', { limits: { memory: '64Mi' } })),
      'pods "a" is forbidden: failed quota: compute: must specify limits.cpu for: app',
    );
    assert.equal(
      await refusal(`${core}/pods`, asking('a')),
      'pods "a" is forbidden: failed quota: compute: must specify limits.cpu for: app; limits.memory for: app',
    );
    const limited = { limits: { cpu: '1', memory: '64Mi' } };
    assert.equal((await rig.create(`${core}/pods`, asking('a', limited))).code, 201);
  });

  it('counts objects of other kinds too, by either of their names', async () => {
    await rig.create(`${core}/resourcequotas`, quota({ configmaps: '1', 'count/deployments.apps': '0' }));
    assert.equal((await rig.create(`${core}/configmaps`, configMap('a'))).code, 201);
    assert.match(
      await refusal(`${core}/configmaps`, configMap('b')),
      /requested: configmaps=1, used: configmaps=1/,
    );
    const deployment = {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'app', image: 'x' }] },
        },
      },
    };
    assert.match(
      await refusal('/apis/apps/v1/namespaces/default/deployments', deployment),
      /requested: count\/deployments\.apps=1, used: count\/deployments\.apps=0, limited: count\/deployments\.apps=0$/,
    );
  });

  it('says so in a dry run as well, and leaves other namespaces alone', async () => {
    await rig.create(`${core}/resourcequotas`, quota({ pods: '0' }));
    assert.match(await refusal(`${core}/pods?dryRun=All`, asking('a')), /exceeded quota/);
    assert.equal((await rig.create('/api/v1/namespaces/kube-public/pods', asking('a'))).code, 201);
  });
});

describe('a new pod', () => {
  it('stays five minutes on a node that has gone silent, unless it says otherwise', async () => {
    const rig = await Rig.start();
    try {
      const { body } = await rig.create(`${core}/pods`, asking('a'));
      const toleration = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
      assert.deepEqual(body.spec.tolerations, [
        { key: 'node.kubernetes.io/not-ready', ...toleration },
        { key: 'node.kubernetes.io/unreachable', ...toleration },
      ]);
      const own = [{ operator: 'Exists' }];
      const hardened = await rig.create(`${core}/pods`, pod('b', { spec: { tolerations: own } }));
      assert.deepEqual(hardened.body.spec.tolerations, own);
    } finally {
      await rig.stop();
    }
  });
});
