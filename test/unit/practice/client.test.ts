import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { clientFromKubeconfig, KubeError } from '../../../src/practice/client.ts';
import type { KubeClient } from '../../../src/practice/client.ts';
import { configMaps, pods } from '../../../src/practice/objects.ts';

describe('the Kubernetes client of practice', () => {
  let server: Server;
  let certificate: string;
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  let client: KubeClient;

  before(async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    certificate = made.cert;
    server = createServer({ key: made.private, cert: made.cert }, (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        answer(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = clientFromKubeconfig(kubeconfig('here'));
  });
  after(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const kubeconfig = (current: string): string =>
    JSON.stringify({
      'current-context': current,
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [
        {
          name: 'c',
          cluster: {
            server: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
            'certificate-authority-data': Buffer.from(certificate).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { token: 'secret' } }],
    });
  const pod = (name: string, resourceVersion: string) => ({
    metadata: { name, namespace: 'shop', resourceVersion },
    spec: { containers: [] },
  });
  const json = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  it('says who it is, and never by a name that an old API server stumbles over', async () => {
    answer = (request, response) => {
      assert.equal(request.headers.authorization, 'Bearer secret');
      assert.doesNotMatch(request.headers['user-agent'] ?? '', /curl|wget|mozilla/i);
      assert.equal(request.url, '/api/v1/namespaces/shop/configmaps/settings');
      json(response, 200, { metadata: { name: 'settings' }, data: { a: 'b' } });
    };
    assert.deepEqual((await client.get(configMaps, 'shop', 'settings'))?.data, { a: 'b' });
  });

  it('tells what does not exist from what is refused', async () => {
    answer = (_, response) => {
      json(response, 404, { kind: 'Status', reason: 'NotFound', message: 'not found' });
    };
    assert.equal(await client.get(pods, 'shop', 'x'), undefined);
    await client.delete(pods, 'shop', 'x');
    answer = (_, response) => {
      json(response, 403, { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden' });
    };
    await assert.rejects(
      client.get(pods, 'shop', 'x'),
      (error: unknown) => error instanceof KubeError && error.status === 403 && error.reason === 'Forbidden',
    );
  });

  it('sends a DELETE with the length of its body, so that the grace period counts', async () => {
    answer = (request, response, body) => {
      assert.equal(Number(request.headers['content-length']), Buffer.byteLength(body));
      const options = JSON.parse(body) as { gracePeriodSeconds: number; preconditions: object };
      assert.equal(options.gracePeriodSeconds, 0);
      assert.deepEqual(options.preconditions, { uid: 'u1' });
      json(response, 200, { kind: 'Status' });
    };
    await client.delete(pods, 'shop', 'x', { gracePeriodSeconds: 0, uid: 'u1' });
  });

  it('misses nothing when a watch is cut off or told that its version is too old', async () => {
    const lists = [
      { metadata: { resourceVersion: '5' }, items: [pod('a', '1'), pod('b', '2')] },
      { metadata: { resourceVersion: '9' }, items: [pod('a', '8'), pod('c', '9')] },
    ];
    const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
    const watches: [from: string, lines: string[]][] = [
      ['5', [line('MODIFIED', pod('b', '6')), line('BOOKMARK', pod('', '7'))]],
      ['7', [line('ERROR', { kind: 'Status', code: 410, metadata: {} })]],
      ['9', [line('DELETED', pod('c', '10'))]],
    ];
    answer = (request, response) => {
      const query = new URL(request.url ?? '', 'https://x').searchParams;
      if (query.get('watch') === null) {
        json(response, 200, lists.shift() ?? {});
        return;
      }
      const [from, sent = []] = watches.shift() ?? [];
      assert.equal(query.get('resourceVersion'), from);
      response.writeHead(200, { 'content-type': 'application/json' });
      // Cut into pieces that are no lines, as networks do.
      const text = sent.join('');
      response.write(text.slice(0, 30));
      response.end(text.slice(30));
    };
    const seen: string[] = [];
    const abort = new AbortController();
    await client.watch(
      pods,
      { namespace: 'shop' },
      ({ type, object }) => {
        seen.push(`${type} ${object.metadata.name ?? ''}@${object.metadata.resourceVersion ?? ''}`);
        if (watches.length === 0 && type === 'deleted') abort.abort();
      },
      abort.signal,
    );
    assert.deepEqual(seen, [
      'added a@1',
      'added b@2',
      'modified b@6',
      'deleted b@6',
      'modified a@8',
      'added c@9',
      'deleted c@10',
    ]);
  });

  it('refuses a kubeconfig whose current context leads nowhere', () => {
    assert.throws(
      () => clientFromKubeconfig(kubeconfig('elsewhere')),
      /context "elsewhere" names no cluster/,
    );
  });
});
