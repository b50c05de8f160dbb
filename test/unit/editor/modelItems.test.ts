import assert from 'node:assert/strict';
import { modelItems } from '../../../src/editor/modelItems.ts';

const models = [
  {
    id: 'claude-opus-5-5',
    name: 'Claude Opus 5.5',
    window: 200_000,
    price: { input: 5, output: 25 },
    deprecated: false,
  },
  { id: 'claude-old', name: 'Old $(trash) one', deprecated: true },
];

describe('The choice of a model', () => {
  it('says what each can read and costs, and which one is in use', () => {
    const items = modelItems(models, 'claude-opus-5-5');
    assert.deepEqual(
      items.map(({ model, now }) => [model, now]),
      [
        [undefined, false],
        ['claude-opus-5-5', true],
        ['claude-old', false],
      ],
    );
    assert.equal(items[1]?.detail, 'reads 200,000 tokens · $5 in and $25 out for a million tokens');
    assert.equal(items[1]?.description, 'claude-opus-5-5 · now');
    assert.equal(items[2]?.detail, 'deprecated');
    assert.equal(items[2]?.label, 'Old \\$(trash) one', 'what the API calls it is no icon');
  });

  it('leaves it to this version where nothing is set', () => {
    assert.deepEqual(
      modelItems(models, undefined).map(({ now }) => now),
      [true, false, false],
    );
  });

  it('shows a model that is set and not in the account', () => {
    const [, missing] = modelItems(models, 'claude-typo');
    assert.equal(missing?.label, 'claude-typo');
    assert.equal(missing?.now, true);
    assert.match(missing?.detail ?? '', /not among the models of this account/);
  });
});
