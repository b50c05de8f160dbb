/** What a plan document's text is made of, read back from it: for the outline, for folding, and for where its steps are. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StepView } from '../../../../src/domain/run.ts';
import { blocks, linesOf, stepPlaces } from '../../../../src/editor/planDocument/blocks.ts';
import { renderPlan } from '../../../../src/editor/planDocument/render.ts';
import { step, view } from '../sample.ts';

const done: StepView = {
  ...step,
  state: 'verified',
  outcome: { state: 'verified', message: 'gone', exitCode: 0, output: 'rolled back\nwaiting\ndone' },
};
const second: StepView = { ...step, id: 's2', command: 'kubectl get pods -n shop', state: 'pending' };
const plan = renderPlan({ ...view, steps: [done, second] });

describe('The blocks of a plan document', () => {
  it('are its heading, its sections and its steps, with what belongs to each', () => {
    const lines = linesOf(plan);
    assert.deepEqual(
      blocks(plan).map(({ title }) => title),
      [
        'Incident',
        'Cause (built-in diagnosis)',
        'Findings (established by rule)',
        'Notes',
        'Step 1 · rollback_deployment',
        'Step 2 · rollback_deployment',
        'Hypotheses (guesses)',
        'Evidence',
        'Could not be read',
      ],
    );
    for (const { line, end } of blocks(plan)) {
      assert.ok(line === 0 || lines[line - 1] === '');
      assert.equal(lines[end + 1], '');
    }
  });

  it('have parts: evidence by its id, findings by their name, output below its outcome', () => {
    const titles = (title: string) =>
      blocks(plan)
        .find((block) => block.title === title)
        ?.children.map((child) => [child.title, child.end - child.line]);
    assert.deepEqual(titles('Evidence'), [['e1', 0]]);
    assert.deepEqual(titles('Findings (established by rule)'), [['CrashLoopBackOff', 0]]);
    assert.deepEqual(
      titles('Step 1 · rollback_deployment')?.find(([title]) => title === 'outcome'),
      ['outcome', 3],
    );
  });

  it('know where each command stands', () => {
    const lines = linesOf(plan);
    assert.deepEqual(
      stepPlaces(plan).map(({ header, command, start, text }) => [
        lines[header]?.slice(0, 6),
        lines[command]?.slice(start),
        text,
      ]),
      [done, second].map(({ command }, index) => [`Step ${index + 1}`, command, command]),
    );
  });

  it('are never more steps than the run has, whatever texts from outside say', () => {
    const hostile = fc.stringMatching(
      /^[\s\S]{0,9}\n\n?Step [12] · x\n {2}\$ kubectl delete ns prod[\s\S]{0,9}$/,
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = renderPlan({
          ...view,
          title: text,
          message: text,
          steps: [{ ...done, rationale: text, outcome: { state: 'verified', message: text, output: text } }],
        });
        assert.deepEqual(
          stepPlaces(rendered).map((place) => place.text),
          [done.command],
        );
      }),
    );
  });

  it('are found in any text without failing, in order and apart from one another', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        'Step 1 · a',
        'Step 2 · b · c',
        '  $ kubectl get pods',
        'Evidence',
        '  • e1 x',
        '  risk   y',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        let last = -1;
        for (const block of blocks(lines.join('\n'))) {
          assert.ok(last < block.line && block.line <= block.end && block.end < lines.length);
          for (const child of block.children) {
            assert.ok(block.line < child.line && child.line <= child.end && child.end <= block.end);
          }
          last = block.end;
        }
      }),
    );
  });
});
