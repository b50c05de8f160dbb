/** From whatever monitoring tools send to the Kubernetes object that an alert is about. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Alert, Incident, TargetHint } from '../../../src/domain/incident.ts';
import { alertFor, targetHints } from '../../../src/pagerduty/alert.ts';

const incident: Incident = {
  id: 'Q1',
  title: 'Something is wrong',
  status: 'triggered',
  urgency: 'high',
  service: { id: 'P1', name: 'Shop' },
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  assignees: [],
  acknowledgedBy: [],
};

const best = (alert: Partial<Alert>): TargetHint | undefined =>
  targetHints({ id: 'Q1', title: 'Something is wrong', ...alert })[0];

describe('Alert of an incident', () => {
  const details = { namespace: 'shop', deployment: 'checkout' };

  it('carries the details, wherever PagerDuty put them', () => {
    for (const raw of [
      { body: { details } },
      { body: { details: JSON.stringify(details) } },
      { body: { details: {}, cef_details: { severity: 'critical', details } } },
      { body: { cef_details: details } },
      { first_trigger_log_entry: { channel: { details } } },
      { first_trigger_log_entry: { channel: { type: 'api', cef_details: { details } } } },
    ]) {
      assert.deepEqual(alertFor(incident, [raw]).details, details, JSON.stringify(raw));
    }
  });

  it('keeps text that is no JSON as text', () => {
    assert.equal(alertFor(incident, [{ body: { details: 'disk full' } }]).details, 'disk full');
    assert.equal(alertFor(incident, [{ body: { details: '{broken' } }]).details, '{broken');
  });

  it('prefers what still fires over what is resolved', () => {
    const alerts = [
      { status: 'resolved', body: { details: { pod: 'old' } } },
      { status: 'triggered', body: { details } },
    ];
    assert.deepEqual(alertFor(incident, alerts).details, details);
    assert.deepEqual(alertFor(incident, alerts.slice(0, 1)).details, { pod: 'old' });
  });

  it('does without details', () => {
    assert.deepEqual(alertFor(incident, []), {
      id: 'Q1',
      title: 'Something is wrong',
      service: 'Shop',
      urgency: 'high',
    });
  });

  it('is made of anything at all without an exception', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), (alerts) => {
        assert.equal(alertFor(incident, alerts).id, 'Q1');
      }),
    );
  });
});

describe('Target of an alert', () => {
  const checkout = { namespace: 'shop', kind: 'Deployment', name: 'checkout' };

  const forms: Record<string, Partial<Alert>> = {
    'the target given with it': { target: checkout, details: { namespace: 'other', deployment: 'other' } },
    'a flat label map': { details: { alertname: 'X', namespace: 'shop', deployment: 'checkout' } },
    'labels with the tool’s prefixes': {
      details: { 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'checkout' },
    },
    'nested labels': { details: { labels: { namespace: 'shop', deployment: 'checkout' } } },
    'common labels': { details: { commonLabels: { namespace: 'shop', deployment: 'checkout' } } },
    'the alerts of a webhook': {
      details: { alerts: [{ labels: { namespace: 'shop', deployment: 'checkout' } }] },
    },
    'Alertmanager’s text': {
      details: {
        num_firing: '1',
        firing:
          'Labels:\n - alertname = KubeDeploymentReplicasMismatch\n - namespace = shop\n - deployment = checkout\n' +
          'Annotations:\n - summary = look at deployment = decoy\nSource: http://prometheus/graph\n',
      },
    },
    'details that are Alertmanager’s text': {
      details: 'Labels:\n - namespace = shop\n - deployment = checkout\n',
    },
    'details that are one line of pairs': { details: 'alert=down namespace=shop deployment="checkout"' },
    'Datadog tags in a list': {
      details: { tags: ['env:prod', 'kube_namespace:shop', 'kube_deployment:checkout'] },
    },
    'Datadog tags joined by commas': { details: { tags: 'kube_namespace:shop, kube_deployment:checkout' } },
    'Grafana’s value string': {
      details: { valueString: "[ var='A' labels={namespace=shop, deployment=checkout} value=0 ]" },
    },
    'fields somewhere inside': {
      details: { custom: { deep: { k8s: { namespace: 'shop', deployment: 'checkout' } } } },
    },
    'kind and name side by side': {
      details: { involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'checkout' } },
    },
    'a workload with its type': {
      details: { namespace: 'shop', workload: 'checkout', workload_type: 'deployment' },
    },
    'a title with kind, namespace and name': { title: 'Deployment shop/checkout has no replicas' },
    'a title in words': { title: 'Deployment checkout in namespace shop is down' },
    'a title with kubectl’s spelling': { title: 'deployment/checkout unavailable (namespace: shop)' },
  };
  for (const [form, alert] of Object.entries(forms)) {
    it(`is read from ${form}`, () => {
      const { source, trust, ...target } = best(alert) ?? { source: '', trust: 'alike' };
      assert.deepEqual(target, checkout, `${trust} ${source}`);
      assert.notEqual(source, '');
    });
  }

  it('is read from a title that only says where', () => {
    assert.deepEqual(best({ title: 'shop/checkout is down' }), {
      namespace: 'shop',
      name: 'checkout',
      source: 'title',
      trust: 'written',
    });
    assert.deepEqual(best({ title: 'High error rate for checkout in shop' }), {
      namespace: 'shop',
      name: 'checkout',
      source: 'title',
      trust: 'written',
    });
  });

  it('names the cluster where the tool says it', () => {
    assert.equal(
      best({ details: { cluster: 'prod-eu', namespace: 'shop', pod: 'checkout-1' } })?.cluster,
      'prod-eu',
    );
    const tags = ['cluster_name:prod-eu', 'kube_namespace:shop', 'pod_name:checkout-1'];
    assert.deepEqual(best({ details: { tags } }), {
      namespace: 'shop',
      cluster: 'prod-eu',
      kind: 'Pod',
      name: 'checkout-1',
      source: 'tag pod_name',
      trust: 'labelled',
    });
  });

  it('is the workload before its pod, and the pod before the Service that was scraped', () => {
    const details = {
      namespace: 'monitoring',
      exported_namespace: 'shop',
      service: 'kube-state-metrics',
      job: 'kube-state-metrics',
      pod: 'checkout-1',
      deployment: 'checkout',
    };
    assert.deepEqual(
      targetHints({ id: 'Q1', title: '', details }).map(({ kind, name, namespace }) => [
        kind,
        namespace,
        name,
      ]),
      [
        ['Deployment', 'shop', 'checkout'],
        ['Pod', 'shop', 'checkout-1'],
        ['Service', 'shop', 'kube-state-metrics'],
      ],
    );
  });

  it('falls back on the name of the PagerDuty service', () => {
    assert.deepEqual(targetHints({ id: 'Q1', title: '', service: 'Checkout API' }), [
      { name: 'checkout-api', source: 'PagerDuty service', trust: 'alike' },
    ]);
  });

  it('is never a name that Kubernetes could not have given', () => {
    const evil = [
      '../etc',
      'a b',
      '--all',
      '$(id)',
      'UPPER',
      '-x',
      'x-',
      'a;b',
      'a\nb',
      'x'.repeat(254),
      'a..b',
      'ünï',
    ];
    for (const value of evil) {
      const alert = {
        id: 'Q1',
        title: `deployment ${value}`,
        service: value,
        details: {
          namespace: value,
          deployment: value,
          labels: { pod: value },
          tags: [`kube_deployment:${value}`],
        },
      };
      for (const { name, namespace } of targetHints(alert)) {
        if (name !== undefined) assert.match(name, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        if (namespace !== undefined) assert.match(namespace, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      }
      assert.deepEqual(
        targetHints({ ...alert, title: '', service: '' }).filter(({ name }) => name === value),
        [],
      );
    }
  });

  it('says each target once', () => {
    const labels = { namespace: 'shop', deployment: 'checkout' };
    const hints = targetHints({ id: 'Q1', title: '', details: { ...labels, labels, commonLabels: labels } });
    assert.equal(hints.length, 1);
  });

  it('never throws, whatever the details are', () => {
    const nameOrUndefined = /^(undefined|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/;
    const labelled = fc.dictionary(
      fc.constantFrom(
        'namespace',
        'deployment',
        'labels',
        'alerts',
        'firing',
        'tags',
        'values',
        'kind',
        'name',
        '__proto__',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), labelled, fc.anything()), fc.string(), (details, title) => {
        for (const { name, namespace } of targetHints({ id: 'x', title, details })) {
          assert.match(String(name), nameOrUndefined);
          assert.match(String(namespace), nameOrUndefined);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is read from an alert that contains itself, and comes to an end with huge ones that were made to prevent it', () => {
    const loop: Record<string, unknown> = { namespace: 'shop', deployment: 'checkout' };
    loop.self = loop;
    assert.equal(best({ details: loop })?.name, 'checkout');
    const huge = [
      { title: 'a'.repeat(100_000), details: 'namespace = '.repeat(100_000) },
      { title: 'a in '.repeat(10_000), details: { firing: `${'-'.repeat(200_000)}= ` } },
      { title: 'a/'.repeat(10_000), details: { valueString: 'labels={'.repeat(50_000) } },
    ];
    for (const alert of huge) assert.ok(targetHints({ id: 'x', ...alert }).length < 1000);
  });
});
