import assert from 'node:assert/strict';
import type { Host } from '../../../../src/practice/node/host.ts';
import { failureOf, isKilled } from '../../../../src/practice/node/probes.ts';
import type { Container, Probe } from '../../../../src/practice/objects.ts';

const container: Container = {
  name: 'app',
  image: 'docker.io/library/shop-cart:1.9.0',
  ports: [{ name: 'http', containerPort: 8080 }],
};
const failure = (probe: Probe) => failureOf(probe, container, '10.88.0.7', 8080);

describe('a probe of a simulated node', () => {
  it('succeeds where the application listens, by number or by name', () => {
    assert.equal(failure({ httpGet: { path: '/healthz', port: 8080 } }), undefined);
    assert.equal(failure({ httpGet: { path: '/healthz', port: 'http' } }), undefined);
    assert.equal(failure({ tcpSocket: { port: 8080 } }), undefined);
  });

  it('says why it fails as a kubelet does', () => {
    const refused = 'dial tcp 10.88.0.7:8081: connect: connection refused';
    assert.equal(
      failure({ httpGet: { path: '/healthz', port: 8081 } }),
      `Get "http://10.88.0.7:8081/healthz": ${refused}`,
    );
    assert.equal(failure({ tcpSocket: { port: 8081 } }), refused);
    assert.equal(
      failure({ httpGet: { path: '/ready', port: 8080 } }),
      'HTTP probe failed with statuscode: 404',
    );
  });

  it('of liveness has the container killed after three failures ten seconds apart, unless it says otherwise', async () => {
    const killedAfter = async (settings: Partial<Probe>): Promise<[number, string[]]> => {
      let passed = 0;
      const told: string[] = [];
      const host = {
        podIP: '10.88.0.7',
        pod: { metadata: {}, spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
        signal: new AbortController().signal,
        sleep: (milliseconds: number) => {
          passed += milliseconds;
          return Promise.resolve();
        },
        event: (_: string, __: string, reason: string) => told.push(reason),
      } as unknown as Host;
      const livenessProbe = { tcpSocket: { port: 8081 }, ...settings };
      await isKilled({ host, container: { ...container, livenessProbe }, listening: 8080, over: false });
      return [passed / 1000, told];
    };
    assert.deepEqual(await killedAfter({}), [31, ['Unhealthy', 'Unhealthy', 'Unhealthy', 'Killing']]);
    assert.deepEqual(await killedAfter({ initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 1 }), [
      8,
      ['Unhealthy', 'Killing'],
    ]);
  });
});
