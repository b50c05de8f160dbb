/** An edited command keeps its history: what was proposed and by whom, who made what of it and when, and nobody's claims for it. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Step } from '../../src/domain/plan.ts';
import type { NewRecord } from '../../src/domain/record.ts';
import { auditHead, auditLine, auditTail } from '../../src/editor/auditFormats.ts';
import { renderPlan } from '../../src/editor/planDocument/render.ts';
import { pastOf } from '../../src/editor/planState.ts';
import { renderReport } from '../../src/editor/reportText.ts';
import { auditEntries } from '../../src/journal/audit.ts';
import { debrief } from '../../src/journal/debrief.ts';
import { incidentReport } from '../../src/journal/report.ts';
import { runView } from '../../src/journal/runs.ts';
import { noteText } from '../../src/pagerduty/note.ts';
import { argvHash } from '../../src/kubectl/hash.ts';
import { editedStep } from '../../src/remediation/planning.ts';
import {
  ada,
  checkout,
  dated,
  executionFinished,
  executionStarted,
  fresh,
  started,
  step,
  verificationFinished,
} from '../unit/journal/records.ts';

const why = 'Six pods would need more room than the quota has';
const scaling = (replicas: number): Partial<Step> => {
  const argv = ['kubectl', 'scale', 'deployment/checkout', `--replicas=${replicas}`, '-n', 'shop'];
  return { argv, command: argv.join(' '), argvHash: argvHash(argv) };
};
const proposed = step('s1', {
  ...scaling(3),
  action: 'scale_deployment',
  parameters: { namespace: 'shop', deployment: 'checkout', replicas: 3 },
  confidence: 0.87,
  confidenceParts: [{ label: 'what the analyst says', value: 0.87 }],
  rationale: why,
  proposedBy: 'rules',
});
const scope = { rules: [], defaultNamespace: 'shop', context: 'prod' };
const edit = (replicas: number): Step => ({
  ...editedStep(proposed, scaling(replicas).argv ?? [], 'ada', scope),
  decision: { outcome: 'ask', reason: 'Edited by hand: it runs once you approve the new command' },
});
/** As earlier versions wrote it: with the analyst's words left in place. */
const editOfOld = (replicas: number): Step => ({
  ...proposed,
  ...scaling(replicas),
  confidenceParts: [...proposed.confidenceParts, { label: 'edited by hand', value: 0.87 }],
});
const diagnosed = fresh('Diagnosed', {
  diagnosis: {
    summary: 'Pods cannot be made',
    rootCause: 'The quota is full',
    findings: [{ name: 'CrashLoopBackOff', target: checkout, summary: 'no room', evidence: [] }],
    hypotheses: [],
    engine: 'builtin',
    notes: [],
    evidence: [],
    gaps: [],
    proposals: [],
  },
});

/** A run whose step was edited to each of these in turn, approved and run. */
function run(...edits: Step[]): NewRecord[] {
  const last = edits.at(-1) ?? proposed;
  return [
    started(),
    diagnosed,
    fresh('Planned', { steps: [proposed] }),
    fresh('ApprovalRequested', { stepId: 's1' }),
    ...edits.flatMap((one) => [
      fresh('StepReplaced', { step: one, why: 'edited' }, { actor: ada }),
      fresh('ApprovalRequested', { stepId: 's1' }),
    ]),
    fresh('Approved', { stepId: 's1', argvHash: last.argvHash }, { actor: ada }),
    executionStarted(last),
    executionFinished('s1'),
    verificationFinished('s1', true),
    fresh('RunEnded', { status: 'resolved', message: 'over' }),
  ];
}

const surroundings = {
  chain: { intact: true, message: 'whole' },
  practice: false,
  now: new Date('2026-11-23T09:00:00Z'),
};
const live = { progress: new Map(), output: new Map() };

/** Everything that tells of the run, by name. */
function told(records: NewRecord[]): Record<string, string> {
  const all = dated(...records);
  const view = runView(all, 'run1') ?? assert.fail();
  const report = incidentReport(all, 'inc1') ?? assert.fail();
  const exported = (format: 'csv' | 'json' | 'markdown') =>
    auditHead(format, { filter: {}, practice: false, now: surroundings.now }) +
    auditEntries(all)
      .map((entry, index) => auditLine(format, { kind: 'step', key: String(index), entry }, index === 0))
      .join('') +
    auditTail(format, 1);
  return {
    'plan document': renderPlan(view, live),
    report: renderReport(report, surroundings),
    note: noteText(view, 'n1'),
    csv: exported('csv'),
    json: exported('json'),
    markdown: exported('markdown'),
  };
}

describe('A command that was edited', () => {
  for (const [name, version] of [
    ['', edit(8)],
    [' in a journal of an earlier version', editOfOld(8)],
  ] as const) {
    it(`is told with what was proposed, by whom, and who edited it, wherever it is told${name}`, () => {
      for (const [place, text] of Object.entries(told(run(version)))) {
        assert.match(text, /--replicas=3/, `${place}: what was proposed\n${text}`);
        assert.match(text, /built-in rules|rules/, `${place}: by whom\n${text}`);
        assert.match(text, /--replicas=8/, `${place}: what ran\n${text}`);
        assert.match(text, /ada/, place);
        if (place !== 'csv') assert.match(text, /edited|edits/i, `${place}\n${text}`);
      }
    });

    it(`has nobody's confidence and nobody's reason${name}`, () => {
      for (const [place, text] of Object.entries(told(run(version)))) {
        assert.doesNotMatch(text, /87|what the analyst says/, `${place}\n${text}`);
        assert.ok(!text.includes(why), `${place}\n${text}`);
      }
      const [entry] = auditEntries(dated(...run(version)));
      assert.equal(entry?.confidence, undefined);
    });
  }

  it('stands in the timeline as it was at each moment', () => {
    const all = dated(...run(edit(8), edit(5)));
    const expected = [
      ['step s1 proposed by the built-in rules', 3],
      ['step s1 waits for approval', 3],
      ['step s1 edited', 8],
      ['step s1 waits for approval', 8],
      ['step s1 edited', 5],
      ['step s1 waits for approval', 5],
      ['step s1 approved', 5],
      ['step s1 started', 5],
    ].map(([text, replicas]) => [text, scaling(Number(replicas)).command]);
    for (const timeline of [pastOf(all).timeline, incidentReport(all, 'inc1')?.timeline ?? []]) {
      assert.deepEqual(
        timeline.flatMap(({ text, command }) => (command === undefined ? [] : [[text, command]])),
        expected,
      );
    }
  });

  it('that was changed back to the letter is the proposal again, and its edits are still told', () => {
    const [entry] = auditEntries(dated(...run(edit(8), edit(3))));
    assert.equal(entry?.confidence, 0.87);
    assert.equal(entry.editedBy, undefined);
    assert.deepEqual(
      entry.edits?.map(({ by, command }) => [by, command]),
      [
        ['ada', scaling(8).command],
        ['ada', scaling(3).command],
      ],
    );
    const view = runView(dated(...run(edit(8), edit(3))), 'run1');
    assert.equal(view?.steps[0]?.rationale, why);
    assert.deepEqual(view.steps[0]?.undo, proposed.undo);
  });

  it('has the risk of what runs', () => {
    const toZero = edit(0);
    assert.equal(toZero.risk.riskLevel, 'high');
    const [entry] = auditEntries(dated(...run(toZero)));
    assert.equal(entry?.risk.riskLevel, 'high');
  });

  it('is none of the right ways out because of what was proposed', () => {
    const lesson = {
      incidentId: 'inc1',
      incidentTitle: 'x',
      firedAt: '2026-11-22T11:59:50.000Z',
      title: 'x',
      teaches: 'x',
      rootCause: { kind: 'Deployment', name: 'checkout', findings: ['CrashLoopBackOff'] },
      fixes: [{ says: 'three', command: /--replicas=3/.source }],
    };
    const [told] = debrief(dated(...run(edit(8))), [lesson]);
    assert.deepEqual(
      told?.commands.map(({ right, editedBy }) => [right, editedBy]),
      [[false, 'ada']],
    );
  });

  it('claims something exactly where it is what was proposed, however often it was edited and decided anew', () => {
    const change = fc.oneof(
      fc.record({ edit: fc.boolean(), replicas: fc.integer({ min: 0, max: 5 }), old: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        let now: Step = proposed;
        let hasEdits = false;
        const records: NewRecord[] = [started(), fresh('Planned', { steps: [proposed] })];
        for (const { edit: isEdit, replicas, old } of changes) {
          if (isEdit) now = old ? editOfOld(replicas) : edit(replicas);
          hasEdits ||= isEdit;
          records.push(
            isEdit
              ? fresh('StepReplaced', { step: now, why: 'edited' }, { actor: ada })
              : fresh('StepReplaced', { step: now, why: 'decided anew' }),
          );
        }
        const shown = runView(dated(...records), 'run1')?.steps[0];
        const isProposal = now.command === proposed.command;
        assert.equal(shown?.command, now.command);
        assert.equal(shown.rationale, isProposal ? why : '');
        assert.deepEqual(shown.confidenceParts, isProposal ? proposed.confidenceParts : []);
        assert.equal(shown.editedBy, isProposal ? undefined : 'ada');
        assert.equal(shown.edits?.length ?? 0, changes.filter((one) => one.edit).length);
        assert.deepEqual(shown.proposed, { command: proposed.command, by: 'rules' });
      }),
    );
  });
});
