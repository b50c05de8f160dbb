/** What a command says when it ends with an error proves that nothing was changed only where it can be nothing else. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeObject } from '../../src/domain/kubernetes.ts';
import { assessCommand } from '../../src/kubectl/assess.ts';
import { connectCluster } from '../../src/cluster/connect.ts';
import { effectOf, type FoundEffect } from '../../src/remediation/effect.ts';
import { explainFailure } from '../../src/remediation/failure.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { scratchFolder } from '../support/scratch.ts';
import { writeKubeconfig } from '../unit/cluster/api-server.ts';

const pod: KubeObject = {
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', uid: 'p1' },
  spec: { containers: [{ name: 'app', image: 'web:1' }] },
};
const forbidden =
  'Error from server (Forbidden): pods "web-2" is forbidden: User "ada" cannot delete resource "pods"';
const discovery =
  'E1201 03:12:00.123456       7 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get \\"https://10.0.0.2:6443/api\\": dial tcp 10.0.0.2:6443: i/o timeout"';

/** What is known of a command that ended so, where the object that was read before is as it was, or is gone. */
async function effect(
  command: string,
  stderr: string,
  { exitCode = 1, gone = false, before = [pod] as readonly KubeObject[] } = {},
): Promise<FoundEffect> {
  const risk = assessCommand(command, { defaultNamespace: 'shop' });
  assert.equal(risk.rejected, false, risk.reason);
  return effectOf({
    cluster: gone ? new FakeCluster() : new FakeCluster(pod),
    step: { action: 'custom_command', risk, verification: { type: 'none' } },
    before,
    failure: explainFailure(exitCode, stderr),
    patienceSeconds: 1,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    clock: { now: () => performance.now(), after: (_ms, then) => callOff(setTimeout(then, 1)) },
    now: () => new Date(),
  });
}
const callOff = (timer: NodeJS.Timeout) => () => clearTimeout(timer);

describe('A command that ended with an error may have done something', () => {
  const unknown = async (...of: Parameters<typeof effect>) => {
    const found = await effect(...of);
    assert.equal(found.effect, 'unknown', found.error);
    assert.match(found.error, /^It may have taken effect: /);
  };

  for (const said of [
    'error: dial tcp 10.0.0.3:3306: connect: connection refused\ncommand terminated with exit code 1',
    'Error from server (Forbidden): table "orders" is forbidden: User "app" cannot drop\ncommand terminated with exit code 1',
    'ERROR: table "orders" not found',
  ])
    it(`where the program that it ran in a container says what sounds like a refusal (${said.slice(0, 40)})`, () =>
      unknown('kubectl exec web-1 -- migrate', said));

  for (const command of [
    'kubectl delete pods -l app=web',
    'kubectl delete pods --field-selector=status.phase=Failed',
    'kubectl label pods -l app=web tier=web',
    'kubectl rollout restart deployment -l app=web',
    'kubectl delete pod web-1 web-2',
  ])
    it(`where it was refused for one of several objects (${command})`, () =>
      unknown(command, `pod "web-1" deleted\n${forbidden}`, { before: [] }));

  for (const exitCode of [-1, 137, 143, 255])
    it(`where it was killed after a trace of an attempt that did not get through (${exitCode})`, () =>
      unknown('kubectl delete pod web-1', discovery, { exitCode, before: [] }));

  it('where the last it said is only such a trace', () =>
    unknown('kubectl delete pod web-1', discovery, { before: [] }));

  it('where something around kubectl ended, whatever it had said', () =>
    unknown('kubectl delete pod web-1', forbidden, { exitCode: 255, before: [] }));

  it('where it does not find what was there before: a first attempt, whose answer was lost, may have deleted it', async () => {
    const found = await effect(
      'kubectl delete pod web-1',
      'Error from server (NotFound): pods "web-1" not found',
      {
        gone: true,
      },
    );
    assert.equal(found.effect, 'changed', found.error);
  });

  it('and did nothing where the API server refused the one thing that it asks for', async () => {
    for (const [command, said] of [
      ['kubectl delete pod web-1', forbidden],
      [
        'kubectl scale deployment web --replicas=3',
        'error: dial tcp 10.0.0.2:6443: connect: connection refused',
      ],
      ['kubectl delete pod nowhere', 'Error from server (NotFound): pods "nowhere" not found'],
    ] as const)
      assert.equal((await effect(command, said, { before: [] })).effect, 'none', command);
  });
});

describe('What stands in front of an API server and answers in its place', () => {
  const away: Readonly<Record<string, { status: number; body: string }>> = {
    'is a proxy that knows no such path': { status: 404, body: 'default backend - 404' },
    'is a proxy that says so in JSON': {
      status: 404,
      body: '{"message":"no Route matched with those values"}',
    },
    'is a page to sign in, in JSON': { status: 200, body: '{"login":"required"}' },
    'is an empty answer': { status: 200, body: '' },
    'is null': { status: 200, body: 'null' },
    'is an empty object': { status: 200, body: '{}' },
    'is a list of something else': { status: 200, body: '[]' },
    'is half an answer': { status: 200, body: '{"kind":"PodList","items":[' },
  };
  for (const [what, { status, body }] of Object.entries(away))
    it(`${what}: nothing is taken for gone, and no lock for free`, async () => {
      const scratch = await scratchFolder('in-front');
      const server = createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      try {
        const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
        const cluster = await connectCluster({
          kubeconfig: writeKubeconfig(scratch.path, url, { token: 'abc' }),
        });
        const ref = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
        for (const [read, answer] of Object.entries({
          get: cluster.get(ref),
          metadata: cluster.metadata(ref),
          list: status === 404 ? undefined : cluster.list('Pod', { namespace: 'shop' }),
          renew: cluster.renewLock('shop', 'oncall-p1', 'me', 30),
        }))
          if (answer !== undefined) await assert.rejects(answer, { code: 'cluster-unreachable' }, read);
      } finally {
        server.closeAllConnections();
        server.close();
        await scratch.remove();
      }
    });
});
