/** Steps run together only after one question that shows all there is to know of each, and after a failure the rest waits. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { StepState } from '../../src/domain/plan.ts';
import { noReach } from '../../src/domain/preview.ts';
import type { StepView } from '../../src/domain/run.ts';
import { togetherOf, type SeenStep } from '../../src/ipc/planTogether.ts';
import { step, view } from '../unit/editor/sample.ts';
import { newPerson, sitDown } from '../support/vscode-stub.ts';

const { approveTogether } = await import('../../src/editor/approveTogether.ts');

const argv = ['kubectl', 'drain', 'node-1'];
const reaching: StepView = {
  ...step,
  id: 's1',
  argvHash: 'h1',
  preview: {
    argvHash: 'h1',
    rehearsal: { state: 'accepted' },
    changes: [],
    reach: { ...noReach, pods: { replaced: 2, removed: 1, added: 0 } },
    basis: [],
    gaps: [],
  },
};
const forGood: StepView = {
  ...step,
  id: 's2',
  argvHash: 'h2',
  argv,
  command: `${argv.join(' ')} --long=${'x'.repeat(400)}`,
  state: 'pending',
};
delete (forGood as { undo?: unknown }).undo;

function question(press: (buttons: readonly string[]) => string | undefined, seen?: readonly SeenStep[]) {
  const person = sitDown({ ...newPerson(), press });
  const answered: (readonly SeenStep[])[] = [];
  const offered = [
    { stepId: 's1', argvHash: 'h1' },
    { stepId: 's2', argvHash: 'h2' },
  ];
  const desk = {
    view: () => ({ ...view, steps: [reaching, forGood] }),
    offeredTogether: () => offered,
    answerTogether: (_runId: string, steps: readonly SeenStep[]) =>
      Promise.resolve(void answered.push(steps)),
  };
  return { person, answered, offered, asked: approveTogether(desk as never, 'run-1', seen) };
}

describe('Approving steps together', () => {
  it('asks first, wherever it was pressed, with each command whole, its risk, its reach and its way back', async () => {
    const offered = [
      { stepId: 's1', argvHash: 'h1' },
      { stepId: 's2', argvHash: 'h2' },
    ];
    for (const seen of [undefined, offered]) {
      const { person, answered, asked } = question((buttons) => buttons.at(-1), seen);
      await asked;
      const [{ text, detail, buttons } = assert.fail()] = person.questions;
      assert.match(text, /Run 2 commands in practice\?/);
      const [first = '', second = ''] = detail.split('\n\n');
      assert.ok(first.includes(step.command), first);
      assert.match(first, /medium risk · 2 pods are replaced or restarted, 1 pod goes away · can be undone/);
      assert.ok(second.includes(forGood.command), second);
      assert.match(second, /medium risk · how far it reaches is not known · CANNOT be undone/);
      assert.deepEqual(buttons, ['Decide One by One', 'Approve & Run These 2']);
      assert.deepEqual(answered, [offered]);
    }
  });

  it('runs nothing for the button that has the focus, for Cancel and for Escape', async () => {
    for (const press of [(buttons: readonly string[]) => buttons[0], () => undefined]) {
      const { answered, asked } = question(press);
      await asked;
      assert.deepEqual(answered, []);
    }
  });

  it('asks nothing about commands that are no longer the ones that were seen', async () => {
    const { person, answered, asked } = question(
      (buttons) => buttons.at(-1),
      [
        { stepId: 's1', argvHash: 'h1' },
        { stepId: 's2', argvHash: 'another' },
      ],
    );
    await assert.rejects(asked, /no longer/);
    assert.deepEqual([person.questions, answered], [[], []]);
  });

  it('is not offered once a step did not go through: each of the rest is looked at by itself', () => {
    const states: StepState[] = [
      'verified',
      'done',
      'skipped',
      'previewed',
      'refused',
      'failed',
      'undone',
      'interrupted',
    ];
    const well = new Set<StepState>(['verified', 'done', 'skipped', 'previewed', 'refused']);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 4 }), (before) => {
        const steps = [
          ...before.map((state, index): StepView => ({ ...step, id: `b${index}`, state })),
          { ...reaching, state: 'awaiting-approval' as const },
          forGood,
        ];
        const offered = togetherOf(steps, 's1', false).length;
        assert.equal(offered, before.every((state) => well.has(state)) ? 2 : 0, before.join());
      }),
    );
  });
});
