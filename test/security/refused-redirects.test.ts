/** No client follows a redirect: whoever it points to gets no request, and so no token, no command and no evidence. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectCluster } from '../../src/cluster/connect.ts';
import { listModels } from '../../src/diagnosis/claude/claude.ts';
import { explain } from '../../src/domain/error.ts';
import { PagerDutyClient } from '../../src/pagerduty/client.ts';
import { analyse } from '../support/claude/analyse.ts';
import { startClaude, type ClaudeStandIn } from '../support/claude/server.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { carryOut } from '../support/transported.ts';
import { json, redirect, startUnwell, type UnwellServer } from '../support/unwell-server.ts';
import { writeKubeconfig } from '../unit/cluster/api-server.ts';

const secret = 'secret-of-this-test';

describe('A redirect', () => {
  let scratch: Scratch;
  let server: UnwellServer;
  let elsewhere: UnwellServer;
  let claude: ClaudeStandIn;
  before(async () => {
    scratch = await scratchFolder('redirects');
    claude = await startClaude({ apiKey: secret });
  });
  after(async () => {
    await claude.close();
    await scratch.remove();
  });
  beforeEach(async () => {
    elsewhere = await startUnwell(
      json({ incidents: [], items: [], data: [], jsonrpc: '2.0', id: 0, result: {} }),
    );
    server = await startUnwell(redirect(`${elsewhere.url}/stolen?path=1`, 302));
  });
  afterEach(async () => {
    await server.close();
    await elsewhere.close();
  });

  const pagerduty = () =>
    new PagerDutyClient({
      baseUrl: server.url,
      token: secret,
      fromEmail: 'robin@example.com',
      delay: () => 0,
    });
  const cluster = () =>
    connectCluster({ kubeconfig: writeKubeconfig(scratch.path, server.url, { token: secret }) });
  const never = () => new AbortController().signal;

  /** Every kind of request that leaves with something that is nobody else's business. */
  const requests: Readonly<Record<string, () => Promise<unknown>>> = {
    'a list of PagerDuty': () => pagerduty().openIncidents(),
    'a part of PagerDuty that not every account has': () =>
      pagerduty().some('/incidents/P1/past_incidents', 'past_incidents', new URLSearchParams()),
    'an acknowledgement': () => pagerduty().acknowledge('P1'),
    'a note': () => pagerduty().addNote('P1', 'x'),
    'an analysis of Claude': () => analyse(claude, { baseURL: server.url }),
    'the models of Claude': () => listModels({ apiKey: secret, baseURL: server.url }, never()),
    'a read of the cluster': async () => (await cluster()).get({ kind: 'Pod', namespace: 'shop', name: 'a' }),
    'a list of the cluster': async () => (await cluster()).list('Pod', { namespace: 'shop' }),
    'a lock in the cluster': async () => (await cluster()).acquireLock('shop', 'oncall-p1', 'me', 30),
    'a log of the cluster': async () =>
      (await cluster()).logs({ namespace: 'shop', pod: 'a', container: 'app', tailLines: 1 }),
    'a call of an MCP server': async () => {
      const fake = new FakeCluster({ kind: 'Namespace', metadata: { name: 'kube-system', uid: 'one' } });
      await writeFile(join(scratch.path, 'kubectl'), `#!${process.execPath}\n`, { mode: 0o755 });
      const { announced } = await carryOut(
        { kubectl: join(scratch.path, 'kubectl'), kubeconfig: fake.kubeconfig, namespace: 'shop' },
        fake,
        { choice: 'mcp', mcp: { host: server.url } },
        ['kubectl', 'scale', 'deployment/cart', '--replicas=2'],
      );
      throw new Error(announced.fallback);
    },
  };

  for (const [what, ask] of Object.entries(requests)) {
    it(`of ${what} is refused, and told with where it points`, async () => {
      for (const status of [301, 302, 303, 307, 308]) {
        server.way = redirect(`${elsewhere.url}/stolen?path=1`, status);
        const error: unknown = await ask().then(
          () => assert.fail('it went through'),
          (reason: unknown) => reason,
        );
        const said = explain(error);
        assert.ok(said.includes(elsewhere.host), said);
        assert.ok(said.includes(String(status)), said);
        for (const hidden of [secret, 'stolen', 'path=1']) assert.ok(!said.includes(hidden), said);
        assert.deepEqual(elsewhere.asked, []);
      }
    });
  }

  it('to the same host is refused as well', async () => {
    server.way = redirect('/elsewhere', 307);
    await assert.rejects(pagerduty().acknowledge('P1'), (error) => explain(error).includes(server.host));
    assert.deepEqual(
      server.asked.map(({ url }) => url),
      ['/incidents/P1'],
    );
  });

  it('that names no place, or none that is one, is refused as well', async () => {
    for (const location of ['', 'javascript:alert(1)', 'http://', `http://x/${'y'.repeat(5000)}`]) {
      server.way = redirect(location, 302);
      await assert.rejects(pagerduty().openIncidents(), (error) => {
        assert.match(explain(error), /redirects GET \/incidents to \S.* \(302\)/);
        assert.ok(explain(error).length < 500);
        return true;
      });
    }
  });
});
