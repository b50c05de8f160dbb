import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../../../../src/practice/cluster/certificates.ts';
import { Rig, deployment, pod, type Body } from './ask.ts';

const core = '/api/v1/namespaces/default';
const tables = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

describe('what kubectl asks first', () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  it('is answered with the same resource types in the old form and in the aggregated one', async () => {
    const old: string[] = [];
    const { groups } = (await rig.ask('/apis')).body;
    const versions = groups.flatMap((group: Body) =>
      group.versions.map((one: Body) => `/apis/${one.groupVersion}`),
    );
    for (const path of ['/api/v1', ...versions]) {
      const { groupVersion, resources } = (await rig.ask(path)).body;
      old.push(...resources.map((one: Body) => `${groupVersion} ${one.name} ${one.kind} ${one.verbs}`));
    }
    const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const aggregated: string[] = [];
    for (const path of ['/api', '/apis']) {
      const reply = await rig.ask(path, { headers: { Accept: `${type},application/json;q=0.9` } });
      assert.equal(reply.contentType, type);
      for (const { metadata, versions: served } of reply.body.items) {
        for (const { version, resources } of served) {
          const groupVersion = metadata.name === '' ? version : `${metadata.name}/${version}`;
          for (const { resource, responseKind, verbs, subresources } of resources) {
            aggregated.push(`${groupVersion} ${resource} ${responseKind.kind} ${verbs}`);
            for (const sub of subresources) {
              aggregated.push(
                `${groupVersion} ${resource}/${sub.subresource} ${sub.responseKind.kind} ${sub.verbs}`,
              );
            }
          }
        }
      }
    }
    assert.deepEqual(aggregated.sort(), old.sort());
    assert.ok(old.includes('apps/v1 deployments/scale Scale get,patch,update'));
  });

  it('names the version it follows and the fields that a patch may validate', async () => {
    assert.match((await rig.ask('/version')).body.gitVersion, /^v1\.36\./);
    const { paths } = (await rig.ask('/openapi/v3')).body;
    const document = await rig.ask(paths['apis/apps/v1'].serverRelativeURL);
    const { patch } = document.body.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    assert.ok(patch.parameters.some((one: Body) => one.name === 'fieldValidation'));
    assert.equal((await rig.ask('/openapi/v2')).code, 404);
  });
});

describe('tables', () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.stop());

  it('have the columns of kubectl', async () => {
    await rig.create('/apis/apps/v1/namespaces/default/deployments', deployment('web', 3));
    const { body } = await rig.ask('/apis/apps/v1/deployments', { headers: tables });
    assert.equal(body.kind, 'Table');
    assert.deepEqual(
      body.columnDefinitions.filter((one: Body) => one.priority === 0).map((one: Body) => one.name),
      ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
    );
    assert.deepEqual(body.rows[0].cells.slice(0, 4), ['web', '0/3', 0, 0]);
    assert.deepEqual(body.rows[0].cells.slice(5), ['app', 'nginx:1.25', 'app=web']);
    assert.equal(body.rows[0].object.kind, 'PartialObjectMetadata');
  });

  it('carry whole objects where they are asked to, and exist for a single object', async () => {
    await rig.create(`${core}/pods`, pod('p'));
    const { body } = await rig.ask(`${core}/pods/p?includeObject=Object`, { headers: tables });
    assert.equal(body.rows[0].object.spec.containers[0].name, 'app');
    assert.deepEqual(body.rows[0].cells.slice(0, 4), ['p', '0/1', 'Pending', '0']);
    const plain = await rig.ask(`${core}/pods/p`, {
      headers: { Accept: `application/json,${tables.Accept}` },
    });
    assert.equal(plain.body.kind, 'Pod');
  });
});

describe('logs', () => {
  let rig: Rig;
  const asked: string[] = [];
  const kubelet = makeCertificates().then(({ cert, key }) =>
    createServer({ cert, key }, (request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.includes('previous=true') === true) {
        response.statusCode = 400;
        response.end('previous terminated container "app" in pod "p" not found');
      } else response.end('first line\nsecond line\n');
    }),
  );
  before(async () => {
    rig = await Rig.start();
    const server = await kubelet;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await rig.create('/api/v1/nodes', {
      metadata: { name: 'n1' },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: (server.address() as AddressInfo).port } },
      },
    });
    await rig.create(`${core}/pods`, pod('p', { spec: { nodeName: 'n1' } }));
    await rig.create(`${core}/pods`, pod('homeless'));
    const two = [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ];
    await rig.create(`${core}/pods`, pod('two', { spec: { nodeName: 'n1', containers: two } }));
  });
  after(async () => {
    await rig.stop();
    (await kubelet).closeAllConnections();
    (await kubelet).close();
  });

  it("come from the kubelet of the pod's node, with the options passed on", async () => {
    const { body } = await rig.ask(`${core}/pods/p/log?container=app&tailLines=2&timestamps=true`);
    assert.equal(body, 'first line\nsecond line\n');
    assert.equal(asked.at(-1), '/containerLogs/default/p/app?tailLines=2&timestamps=true');
  });

  it("pass on the kubelet's refusal in its words", async () => {
    const { code, body } = await rig.ask(`${core}/pods/p/log?previous=true`);
    assert.equal(code, 400);
    assert.equal(body.message, 'previous terminated container "app" in pod "p" not found');
  });

  it('need a container to be chosen', async () => {
    const two = (await rig.ask(`${core}/pods/two/log`)).body;
    assert.match(two.message, /a container name must be specified for pod two, choose one of: \[a b\]/);
    assert.equal((await rig.ask(`${core}/pods/two/log?container=c`)).code, 400);
  });

  it('are nothing while no node has the pod', async () => {
    assert.equal((await rig.ask(`${core}/pods/homeless/log`)).code, 204);
  });
});
