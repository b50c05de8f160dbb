import assert from 'node:assert/strict';
import type { KubeObject } from '../../../../src/domain/kubernetes.ts';
import { findingPresent } from '../../../../src/diagnosis/finding-present.ts';
import { fakeCluster, type FakeCluster } from '../../cluster/fake-cluster.ts';
import { deployment, endpoints, pod, revision, running, service } from '../../cluster/shop.ts';
import { investigate, names, only, target } from '../investigate.ts';

const http = { name: 'http', containerPort: 8080 };
const admin = { name: 'admin', containerPort: 9000 };

/** A healthy `checkout` behind a Service with these ports, whose container declares `ports`. */
function shop(
  servicePorts: object[],
  ports: object[] = [http],
  annotations = {},
  probed: number | string = 'http',
): FakeCluster {
  const container = { ports, readinessProbe: { httpGet: { path: '/', port: probed } } };
  const front = service({ app: 'checkout' }, { annotations });
  return fakeCluster(
    deployment(),
    revision(1, { replicas: 2, available: 2 }),
    pod('checkout-hash1-a', 1, running, { ready: true, container }),
    pod('checkout-hash1-b', 1, running, { ready: true, container }),
    { ...front, spec: { ...front['spec'], ports: servicePorts } },
    endpoints(2),
  );
}

const parameters = (ports: object[]): object => ({ namespace: 'shop', service: 'checkout', ports });

describe('a Service that leads past the ports of its pods', () => {
  for (const kind of ['Service', 'Deployment']) {
    it(`is found and led to the one port that there is, asked about the ${kind}`, async () => {
      const result = await investigate(shop([{ port: 80, targetPort: 9090 }]), target(kind));
      assert.deepEqual(names(result), ['TargetPortMismatch']);
      assert.deepEqual(result.findings[0]?.target, { kind: 'Service', namespace: 'shop', name: 'checkout' });
      const proposal = only(result);
      assert.equal(proposal.action, 'fix_service_port');
      assert.deepEqual(proposal.parameters, parameters([{ port: 80, targetPort: 8080 }]));
      assert.match(result.rootCause, /leads to 9090.*have 8080 \(http\)/);
      assert.ok(proposal.claimedConfidence >= 0.85);
    });
  }

  it('is found by a name that no container has, and keeps to names', async () => {
    const result = await investigate(
      shop(
        [
          { port: 80, targetPort: 'htpp' },
          { port: 90, targetPort: 'admin' },
        ],
        [http, admin],
      ),
    );
    assert.deepEqual(names(result), ['TargetPortMismatch']);
    assert.deepEqual(result.proposals, [], 'which of two is meant is not known');
    const named = await investigate(
      shop(
        [
          { name: 'http', port: 80, targetPort: 'htpp' },
          { name: 'admin', port: 90, targetPort: 'admin' },
        ],
        [http, admin],
      ),
    );
    assert.deepEqual(only(named).parameters, parameters([{ port: 80, targetPort: 'http' }]));
  });

  it('goes back to what was last applied before anything else', async () => {
    const applied = JSON.stringify({ spec: { ports: [{ port: 80, targetPort: 'admin' }] } });
    const result = await investigate(
      shop([{ name: 'http', port: 80, targetPort: 9090 }], [http, admin], {
        'kubectl.kubernetes.io/last-applied-configuration': applied,
      }),
    );
    assert.deepEqual(only(result).parameters, parameters([{ port: 80, targetPort: 9000 }]));
  });

  it('is not changed by itself where no probe shows that something answers at the other port', async () => {
    const result = await investigate(shop([{ port: 80, targetPort: 9090 }], [http], {}, 'nothing'));
    assert.ok(only(result).claimedConfidence < 0.8);
  });

  it('is none where a probe of a ready pod gets an answer there, declared or not', async () => {
    assert.deepEqual(names(await investigate(shop([{ port: 80, targetPort: 9090 }], [http], {}, 9090))), []);
  });

  it('proposes nothing where two ports could be meant', async () => {
    const result = await investigate(shop([{ port: 80, targetPort: 9090 }], [http, admin]));
    assert.deepEqual(names(result), ['TargetPortMismatch']);
    assert.deepEqual(result.proposals, []);
    assert.match(result.hypotheses[0]?.statement ?? '', /cannot be told/);
  });

  it('proposes nothing where one number stands for two protocols', async () => {
    const result = await investigate(
      shop([
        { name: 'dns', port: 53, targetPort: 5353, protocol: 'TCP' },
        { name: 'dns-udp', port: 53, targetPort: 5353, protocol: 'UDP' },
      ]),
    );
    assert.deepEqual(result.proposals, []);
  });

  for (const [why, servicePorts, ports] of [
    ['leads to a declared number', [{ port: 80, targetPort: 8080 }], [http]],
    ['leads to a declared name', [{ port: 80, targetPort: 'http' }], [http]],
    ['has no target port and the same number', [{ port: 8080 }], [http]],
    ['leads to a number of pods that declare no port at all', [{ port: 80, targetPort: 9090 }], []],
    [
      'leads to a declared port and to one that need not be declared',
      [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'metrics', port: 9100, targetPort: 9100 },
      ],
      [http],
    ],
  ] as const) {
    it(`is none that ${why}`, async () => {
      assert.deepEqual(names(await investigate(shop([...servicePorts], [...ports]))), []);
    });
  }

  it('is gone once it leads to the port', async () => {
    const cluster = shop([{ port: 80, targetPort: 9090 }]);
    const finding = (await investigate(cluster)).findings[0];
    assert.ok(finding);
    const { signal } = new AbortController();
    assert.equal(await findingPresent(cluster, finding, signal), true);
    cluster.objects = cluster.objects.map((object): KubeObject =>
      object.kind === 'Service'
        ? { ...object, spec: { ...object['spec'], ports: [{ port: 80, targetPort: 8080 }] } }
        : object,
    );
    assert.equal(await findingPresent(cluster, finding, signal), false);
  });
});
