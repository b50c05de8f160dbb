import assert from 'node:assert/strict';
import { explainFailure, type FailureKind } from '../../../src/remediation/failure.ts';

/** What kubectl 1.36 says; the tests on a real Kubernetes see to it that it still does. */
const recorded: readonly [FailureKind, string][] = [
  ['forbidden', 'error: You must be logged in to the server (Unauthorized)'],
  [
    'forbidden',
    'Error from server (Forbidden): deployments.apps "checkout" is forbidden: User "limited" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
  ],
  [
    'forbidden',
    'Unable to connect to the server: getting credentials: exec: executable no-such-plugin not found\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.\n\nTo learn more about this feature, consult the documentation available at:\n      https://kubernetes.io/docs/reference/',
  ],
  [
    'quota',
    'error: failed to create configmap: configmaps "x" is forbidden: exceeded quota: none, requested: configmaps=1, used: configmaps=1, limited: configmaps=0',
  ],
  [
    'refused',
    'Error from server: admission webhook "guard.example.com" denied the request: replicas are set in Git',
  ],
  [
    'refused',
    'Error from server (Forbidden): pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
  ],
  [
    'refused',
    'The Deployment "checkout" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'refused',
    'error when evicting pods/"web-1": Cannot evict pod as it would violate the pod\'s disruption budget.',
  ],
  ['conflict', 'error: Expected replicas to be 7, was 2'],
  ['conflict', 'error: Expected resource version to be 1, was 243'],
  [
    'conflict',
    'Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "checkout": the object has been modified; please apply your changes to the latest version and try again',
  ],
  ['conflict', 'The request is invalid: the server rejected our request due to an error in our request'],
  ['conflict', 'error: failed to create job: jobs.batch "export-again" already exists'],
  ['not-found', 'Error from server (NotFound): deployments.apps "none" not found'],
  ['not-found', 'error: failed to create configmap: namespaces "nowhere" not found'],
  ['not-found', 'error: unable to find specified revision 99 in history'],
  ['not-found', 'error: no rollout history found for deployment "checkout"'],
  ['not-found', 'error: unable to find container named "nope"'],
  [
    'unreachable',
    'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
  ],
  [
    'unreachable',
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  [
    'unreachable',
    'Error from server (InternalError): Internal error occurred: failed calling webhook "guard.example.com": Post "https://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ['failed', 'error: something else altogether'],
];

describe('why a command failed', () => {
  for (const [kind, said] of recorded) {
    it(`is told from what kubectl says: ${kind}, ${said.slice(0, 70)}`, () => {
      const failure = explainFailure(1, said);
      assert.equal(failure.kind, kind);
      assert.ok(failure.next.endsWith('.'));
      assert.equal(failure.message, said.split('\n')[0]?.replace(/^error: /, ''));
    });
  }

  it('is the verdict, not a trace before it or a warning', () => {
    const trace = 'E1122 memcache.go:265] "Unhandled Error" err="dial tcp: refused"';
    const said =
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?';
    assert.equal(explainFailure(1, `${trace}\n${said}\n`).message, said);
    assert.match(explainFailure(3, 'Warning: deprecated\n').message, /exit code 3 and said nothing/);
  });

  it('names another thing to do for each kind', () => {
    const kinds = new Map(recorded.map(([kind, said]) => [kind, explainFailure(1, said).next]));
    assert.equal(new Set(kinds.values()).size, kinds.size);
  });
});
