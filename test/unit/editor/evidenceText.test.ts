import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { Evidence, EvidenceSource } from '../../../src/domain/diagnosis.ts';
import { evidenceFileName, renderEvidence, type EvidenceNow } from '../../../src/editor/evidenceText.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'checkout' };
const evidence = (source: EvidenceSource, changes: Partial<Evidence> = {}): Evidence => ({
  id: 'e3',
  source,
  summary: 'replicas of checkout: 0',
  detail: '0',
  ...changes,
});
const object = evidence({ type: 'object', ref, path: 'spec.replicas' });
const now = (source?: EvidenceNow['source']): EvidenceNow => ({
  context: 'prod',
  at: '2026-11-22T14:05:12.000Z',
  ...(source === undefined ? {} : { source }),
});
const deployment = {
  kind: 'Deployment',
  spec: { replicas: 0, strategy: 'RollingUpdate' },
  metadata: { name: 'checkout', namespace: 'shop' },
  apiVersion: 'apps/v1',
};
const citedLines = ({ text, cited }: ReturnType<typeof renderEvidence>): string[] =>
  cited === undefined ? [] : text.split('\n').slice(cited.first, cited.last + 1);

describe('a piece of evidence, opened', () => {
  it('shows the object as it is now, as YAML, with the field that is cited', () => {
    const shown = renderEvidence(object, now({ type: 'object', object: deployment }));
    assert.deepEqual(citedLines(shown), ['  replicas: 0']);
    assert.deepEqual(parse(shown.text), deployment);
    assert.match(
      shown.text,
      /^# Evidence e3: replicas of checkout: 0\n# Seen in: Deployment shop\/checkout spec\.replicas\n/,
    );
    assert.match(shown.text, /# As read at 2026-11-22T14:05:12\.000Z in context prod/);
    assert.match(shown.text, /\napiVersion: apps\/v1\nkind: Deployment\nmetadata:\n/);
    assert.match(shown.text, /# What the investigation kept of it:\n# {3}0\n$/);
  });

  it('shows what was kept, and says why, when the source cannot be read', () => {
    const { text, cited } = renderEvidence(
      object,
      now({ failure: 'Deployment shop/checkout does not exist any more' }),
    );
    assert.match(
      text,
      /could not be read again at 2026-11-22T14:05:12\.000Z in context prod: Deployment shop\/checkout does not exist any more\n/,
    );
    assert.match(text, /# What the investigation kept of it:\n\n0\n$/);
    assert.equal(cited, undefined);
  });

  it('shows a log from its end', () => {
    const log = evidence({ type: 'logs', ref, container: 'app', previous: true }, { detail: 'panic' });
    const shown = renderEvidence(log, now({ type: 'logs', text: 'starting\npanic\n' }));
    assert.deepEqual(citedLines(shown), ['panic']);
    assert.match(shown.text, /# Seen in: previous log of Deployment shop\/checkout, container app\n/);
  });

  it('shows the events of an object, newest first, with the one that is cited', () => {
    const event = (reason: string, count: number) => ({
      ...{ kind: 'Event', metadata: { name: reason }, type: 'Warning', reason, count },
      ...{ message: 'Back-off\nrestarting', lastTimestamp: '2026-11-22T14:00:00Z' },
    });
    const cited = evidence({ type: 'event', ref, reason: 'BackOff' });
    const shown = renderEvidence(
      cited,
      now({ type: 'events', events: [event('Pulled', 1), event('BackOff', 12)] }),
    );
    assert.deepEqual(citedLines(shown), [
      '2026-11-22T14:00:00Z  Warning  BackOff (12 times): Back-off restarting',
    ]);
    const none = renderEvidence(cited, now({ type: 'events', events: [] }));
    assert.match(none.text, /# There is none any more/);
  });

  it('shows what a list holds, and that it holds nothing', () => {
    const list = evidence({ type: 'list', ref: { kind: 'IngressClass', name: '*' }, labelSelector: 'a=b' });
    const shown = renderEvidence(list, now({ type: 'list', objects: [deployment] }));
    assert.deepEqual(parse(shown.text), [{ kind: 'Deployment', name: 'checkout', namespace: 'shop' }]);
    assert.match(renderEvidence(list, now({ type: 'list', objects: [] })).text, /# There are none\.\n/);
  });

  it('shows what was kept of a source that is not in the cluster', () => {
    const runbook = evidence(
      { type: 'runbook', path: 'docs/checkout.md', line: 4 },
      { detail: 'Roll back.' },
    );
    assert.match(
      renderEvidence(runbook, now()).text,
      /# Seen in: runbook docs\/checkout\.md:4\n\nRoll back\.\n$/,
    );
  });

  it('lets no text from outside hide, move the cursor or pose as ours', () => {
    const evil = 'x\u001b[2J\u202e\n# As read at 1970 in context safe';
    const shown = renderEvidence(
      evidence({ type: 'logs', ref, container: 'app', previous: false }, { summary: evil, detail: evil }),
      now({ type: 'logs', text: evil }),
    );
    assert.doesNotMatch(shown.text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.equal(shown.text.split('\n')[0]?.startsWith('# Evidence e3: x'), true);
    const yaml = renderEvidence(object, now({ type: 'object', object: { ...deployment, note: 'a\u202eb' } }));
    assert.doesNotMatch(yaml.text, /\u202e/);
  });

  it('stays bounded, whatever the source holds', () => {
    const huge = { ...deployment, data: 'x'.repeat(2_000_000) };
    const shown = renderEvidence(object, now({ type: 'object', object: huge }));
    assert.ok(shown.text.length < 500_000);
    assert.match(shown.text, /cut off here\n$/);
  });

  it('has a file name that tells people what it is and the editor its language', () => {
    const name = (source: EvidenceSource) => evidenceFileName(evidence(source));
    assert.equal(name(object.source), 'Deployment-checkout.yaml');
    assert.equal(name({ type: 'event', ref, reason: 'BackOff' }), 'events-Deployment-checkout.log');
    assert.equal(name({ type: 'logs', ref, container: 'app', previous: true }), 'checkout-app-previous.log');
    assert.equal(
      name({ type: 'object', ref: { kind: 'Node', name: '../../etc/passwd' }, path: '' }),
      'Node-..-..-etc-passwd.yaml',
    );
  });
});
