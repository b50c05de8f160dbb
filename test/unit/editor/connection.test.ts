import assert from 'node:assert/strict';
import { agentOptions, practiceSettings } from '../../../src/editor/connection.ts';
import { readSettings } from '../../../src/editor/settings.ts';

const settingsOf = (given: Record<string, unknown>) =>
  readSettings({ given: (key) => given[key], env: {} }).settings;
const practice = {
  pagerduty: { baseUrl: 'http://127.0.0.1:4000', token: 'practice-token' },
  kubernetes: { kubeconfig: '/tmp/practice/kubeconfig', context: 'practice' },
};

describe('Practice', () => {
  it('asks for approval unless a mode was chosen', () => {
    assert.equal(practiceSettings(settingsOf({}), practice).mode, 'approval');
    assert.equal(practiceSettings(settingsOf({ mode: 'yolo' }), practice).mode, 'yolo');
    assert.equal(practiceSettings(settingsOf({ mode: 'plan' }), practice).mode, 'plan');
  });

  it('allows changes in the practice cluster and names no other', () => {
    const real = settingsOf({
      'kubernetes.context': 'prod',
      'kubernetes.kubeconfig': '/home/me/.kube/config',
      'kubernetes.allowedNamespaces': ['billing'],
    });
    const options = agentOptions(practiceSettings(real, practice), { journalDirectory: '/j' });
    assert.equal(options.destructiveOperations, true);
    assert.equal(options.kubeconfig, '/tmp/practice/kubeconfig');
    assert.equal(options.context, 'practice');
    assert.deepEqual(options.allowedNamespaces, []);
  });

  it('leaves the settings for the real cluster as they are', () => {
    const real = settingsOf({ 'kubernetes.context': 'prod' });
    practiceSettings(real, practice);
    const options = agentOptions(real, { journalDirectory: '/j' });
    assert.equal(options.destructiveOperations, false);
    assert.equal(options.context, 'prod');
    assert.equal(options.mode, 'plan');
  });

  it('shows every practice incident, whatever the filters for the real account are', () => {
    const { pagerduty } = practiceSettings(
      settingsOf({
        'pagerduty.assignedToMe': true,
        'pagerduty.teamIds': ['T1'],
        'pagerduty.urgencies': ['high'],
      }),
      practice,
    );
    assert.equal(pagerduty.baseUrl, 'http://127.0.0.1:4000');
    assert.equal(pagerduty.assignedToMe, false);
    assert.deepEqual(pagerduty.teamIds, []);
    assert.deepEqual(pagerduty.urgencies, ['high', 'low']);
  });

  it('writes to the practice account as it would to the real one, as a user whom that account knows', () => {
    const { pagerduty } = practiceSettings(
      settingsOf({
        'pagerduty.writeNotes': true,
        'pagerduty.resolveAutomatically': true,
        'pagerduty.fromEmail': 'ada@example.com',
      }),
      practice,
    );
    assert.equal(pagerduty.writeNotes, true);
    assert.equal(pagerduty.resolveAutomatically, true);
    assert.equal(pagerduty.fromEmail, undefined);
  });
});
