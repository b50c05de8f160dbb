import assert from 'node:assert/strict';
import type { NewRecord } from '../../../src/domain/record.ts';
import { runView } from '../../../src/journal/runs.ts';
import { checkout, dated, executionStarted, fresh, started, step } from './records.ts';

const evidence = {
  source: { type: 'object', ref: checkout, path: 'spec.template.spec' },
  summary: 'Which of settings there are in namespace shop',
} as const;
const diagnosed = (...ids: string[]): NewRecord =>
  fresh('Diagnosed', {
    diagnosis: {
      ...{ summary: 's', rootCause: '', findings: [], hypotheses: [], engine: 'builtin' },
      ...{ notes: [], gaps: [], proposals: [] },
      evidence: ids.map((id) => ({ ...evidence, id, detail: id })),
    },
  });
const finished = (more: { evidence?: typeof evidence }): NewRecord =>
  fresh('ExecutionFinished', {
    ...{ stepId: 's1', exitCode: 0, durationMs: 12, output: 'settings   1   3d' },
    ...more,
  });

/** The evidence of a run whose step ended so. */
function evidenceAfter(...records: NewRecord[]) {
  const [end, ...before] = records.toReversed();
  assert(end);
  const one = step('s1');
  const all = [
    started(),
    ...before.toReversed(),
    fresh('Planned', { steps: [one] }),
    executionStarted(one),
    end,
  ];
  return runView(dated(...all), 'run1')?.diagnosis?.evidence;
}

describe('what a step was there to read', () => {
  it('is evidence of the run, after that of the diagnosis and with an id of its own', () => {
    const seen = evidenceAfter(diagnosed('e1', 'e7', 'r1'), finished({ evidence })) ?? [];
    assert.deepEqual(
      seen.map(({ id }) => id),
      ['e1', 'e7', 'r1', 'e8'],
    );
    const last = seen.at(-1);
    assert.deepEqual(last, { ...evidence, id: 'e8', detail: 'settings   1   3d', time: last?.time });
    assert.match(last?.time ?? '', /^2026-/);
  });

  it('is nothing where a step was there to change something, or no diagnosis is known', () => {
    assert.equal(evidenceAfter(diagnosed('e1'), finished({}))?.length, 1);
    assert.equal(evidenceAfter(finished({ evidence })), undefined);
  });
});
