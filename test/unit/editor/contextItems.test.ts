/** The contexts that a person chooses from. */
import assert from 'node:assert/strict';
import { contextItems, type ContextSituation } from '../../../src/editor/contextItems.ts';

const known = [
  { name: 'staging', server: 'https://staging.example', isCurrent: true },
  { name: 'prod-eu', server: 'https://eu.example', isCurrent: false },
  { name: 'broken', isCurrent: false },
];
const situation: ContextSituation = {
  pinned: 'prod-eu',
  mode: 'yolo',
  modeByContext: { 'prod-eu': 'plan' },
  contextAppearance: { 'prod-*': { appearance: 'production', label: 'EU production' } },
};

describe('Contexts to choose from', () => {
  it('say where they lead, what may run there, and which one holds now', () => {
    const [staging, production, broken] = contextItems(known, situation);
    assert.deepEqual(staging, {
      label: 'staging',
      description: '',
      detail: 'https://staging.example · mode YOLO',
      context: 'staging',
    });
    assert.equal(production?.label, '$(warning) prod-eu');
    assert.equal(production.description, 'EU production · now');
    assert.equal(production.detail, 'https://eu.example · mode Plan');
    assert.match(broken?.detail ?? '', /^no address in the kubeconfig/);
  });

  it('can be left to the kubeconfig, and say what that is for now', () => {
    const last = contextItems(known, { ...situation, pinned: undefined }).at(-1);
    assert.equal(last?.context, '');
    assert.equal(last.description, 'now');
    assert.match(last.detail, /^staging for now/);
    assert.match(contextItems([], situation).at(-1)?.detail ?? '', /sets none/);
  });

  it('are text, whatever a kubeconfig calls them', () => {
    const [hostile] = contextItems([{ name: '$(check) \u202eprod\n', isCurrent: false }], situation);
    assert.equal(hostile?.label.includes('\u202e'), false);
    assert.match(hostile?.label ?? '', /\\\$\(check\)/);
    assert.equal(hostile?.context, '$(check) \u202eprod\n');
  });
});
