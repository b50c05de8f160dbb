import assert from 'node:assert/strict';
import { citations } from '../../../src/editor/planDocument/citations.ts';
import { renderPlan } from '../../../src/editor/planDocument/render.ts';
import { view } from './sample.ts';

const ids = new Set(['e1', 'e2', 'e12']);
const cited = (text: string) =>
  citations(text, ids).map(({ id, line, start, end }) => {
    assert.equal((text.split('\n')[line] ?? '').slice(start, end), id);
    return id;
  });

describe('citations in the plan document', () => {
  it('are the ids that end a line and those of the list of evidence', () => {
    assert.deepEqual(
      cited('  • OOMKilled: killed [e1, e12]\n\nEvidence\n  • e2   replicas: 0  ← Deployment'),
      ['e1', 'e12', 'e2'],
    );
  });

  it('are only ids that exist, whatever a text says', () => {
    assert.deepEqual(cited('  • see [e9]\n  • e9   x\n  why  log line [e1] in the middle\n[command:x]'), []);
  });

  it('are found in a real document, each at its place', () => {
    const known = new Set((view.diagnosis?.evidence ?? []).map(({ id }) => id));
    const text = renderPlan(view);
    const found = citations(text, known);
    assert.ok(known.size > 0);
    for (const id of known)
      assert.ok(
        found.some((one) => one.id === id),
        id,
      );
  });
});
