/** A command edited in the text of its plan: what counts as the command, what is said of it, and what is never taken. */
import assert from 'node:assert/strict';
import { linesOf, stepPlaces } from '../../../../src/editor/planDocument/blocks.ts';
import { notesOn, readEdit, type Judge } from '../../../../src/editor/planDocument/edit.ts';
import { judgeFor } from '../../../../src/editor/planDocument/judge.ts';
import { renderPlan } from '../../../../src/editor/planDocument/render.ts';
import { readSettings } from '../../../../src/editor/settings.ts';
import { step, view } from '../sample.ts';

const second = { ...step, id: 's2', command: 'kubectl get pods -n shop', state: 'pending' as const };
const base = { index: 0, text: renderPlan({ ...view, steps: [step, second] }) };
const settings: Record<string, unknown> = { mode: 'approval', 'destructiveOperations.enabled': true };
const judge = judgeFor(view, settingsWith(settings));

function settingsWith(values: Record<string, unknown>) {
  return readSettings({ given: (key) => values[key], env: {} }).settings;
}

/** The text with the lines from the command's on changed. */
function withCommand(...lines: string[]): string {
  const all = linesOf(base.text);
  const at = stepPlaces(base.text)[0]?.command ?? assert.fail();
  all.splice(at, 1, ...lines);
  return all.join('\n');
}
const said = (text: string, by: Judge = judge) =>
  notesOn(readEdit(base, text), by).map(({ severity, about, line, start, end }) => [
    severity,
    about,
    linesOf(text)[line]?.slice(start, end),
  ]);

describe('Editing a command in its plan', () => {
  it('changes nothing until the command is another one', () => {
    assert.deepEqual(readEdit(base, base.text), {
      place: stepPlaces(base.text)[0],
      changed: false,
      broken: false,
      elsewhere: [],
    });
    assert.deepEqual(said(base.text), []);
    assert.equal(readEdit(base, withCommand(`  $ ${step.command}   `)).changed, false);
  });

  it('takes the command with or without its prompt', () => {
    for (const line of [
      '  $ kubectl get pods',
      '$ kubectl get pods',
      'kubectl get pods',
      '  $kubectl get pods',
    ]) {
      const { place, changed } = readEdit(base, withCommand(line));
      assert.deepEqual(
        [place?.text, changed],
        [line.startsWith('  $k') ? '$kubectl get pods' : 'kubectl get pods', true],
      );
    }
  });

  it('says what is wrong at its place', () => {
    assert.deepEqual(said(withCommand('  $ kubectl get pods --context prod -n shop')), [
      ['error', 'fault', '--context prod'],
    ]);
    assert.deepEqual(said(withCommand('  $ kubectl get pods | sh')), [['error', 'fault', '|']]);
    assert.deepEqual(said(withCommand('  $ ')), [['error', 'fault', '']]);
  });

  it('warns of what is high or forbidden, and lets the rest pass', () => {
    assert.deepEqual(said(withCommand('  $ kubectl delete pod web-1')), [
      ['warning', 'risk', 'kubectl delete pod web-1'],
    ]);
    assert.deepEqual(said(withCommand('  $ kubectl delete ns shop')), [
      ['warning', 'risk', 'kubectl delete ns shop'],
    ]);
    assert.deepEqual(said(withCommand('  $ kubectl get pods -n shop')), []);
  });

  it('takes no command that the policy would refuse: the step would be lost', () => {
    const narrow = judgeFor(view, settingsWith({ ...settings, 'kubernetes.allowedNamespaces': ['shop'] }));
    assert.deepEqual(said(withCommand('  $ kubectl rollout undo deploy/web -n other'), narrow), [
      ['error', 'decision', 'kubectl rollout undo deploy/web -n other'],
    ]);
    assert.deepEqual(said(withCommand('  $ kubectl rollout undo deploy/web'), narrow), []);
  });

  it('never cuts a command in two: what was broken into lines is not taken', () => {
    const text = withCommand('  $ kubectl scale deploy/web', '--replicas=3');
    assert.deepEqual(
      said(text).map(([severity, about]) => [severity, about]),
      [['error', 'broken']],
    );
    assert.equal(said(withCommand())[0]?.[1], 'broken');
  });

  it('names every other line that was changed, and takes none of them', () => {
    const text = withCommand('  $ kubectl get pods -n shop')
      .replace('# Checkout', '# Nothing')
      .replace('86 %', '99 %');
    const { place, elsewhere } = readEdit(base, text);
    assert.equal(place?.text, 'kubectl get pods -n shop');
    assert.deepEqual(
      elsewhere.map((line) => linesOf(text)[line]),
      ['# Nothing pods restart', '  confidence  99 %: claimed'],
    );
    assert.deepEqual(
      said(text).map(([severity, about]) => [severity, about]),
      [
        ['information', 'elsewhere'],
        ['information', 'elsewhere'],
      ],
    );
  });

  it('takes the command of its own step and of no other', () => {
    const text = base.text.replace(second.command, 'kubectl get nodes');
    const edited = readEdit(base, text);
    assert.equal(edited.changed, false);
    assert.deepEqual(
      edited.elsewhere.map((line) => linesOf(text)[line]),
      ['  $ kubectl get nodes'],
    );
  });
});
