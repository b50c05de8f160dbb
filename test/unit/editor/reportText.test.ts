import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NewRecord } from '../../../src/domain/record.ts';
import { renderReport } from '../../../src/editor/reportText.ts';
import { incidentReport } from '../../../src/journal/report.ts';
import { hostile, repeated } from '../../support/hostile-text.ts';
import { ada, dated, executionStarted, fresh, resolvedRun, started, step } from '../journal/records.ts';
import { view } from './sample.ts';

const surroundings = {
  chain: { intact: true, message: '1 file, 11 records' },
  practice: false,
  now: new Date('2026-11-23T09:00:00Z'),
};

/** Two runs of an incident, with `said` wherever text comes from outside. */
function records(said: (name: string) => string): NewRecord[] {
  const argv = ['kubectl', 'annotate', 'deployment/checkout', said('argument')];
  const one = step('s1', {
    argv,
    command: argv.join(' '),
    rationale: said('rationale'),
    risk: { ...step('s1').risk, reason: said('risk') },
    confidenceParts: [{ label: said('part'), value: 0.85 }],
    decision: { outcome: 'ask', reason: said('decision') },
    undo: { argv, command: argv.join(' '), summary: said('undo') },
  });
  const other = step('s2', { command: said('command'), decision: { outcome: 'skip', reason: said('skip') } });
  const target = {
    ...view.target,
    kind: 'Deployment',
    namespace: 'shop',
    name: said('name'),
    context: said('context'),
  };
  const begun = started();
  const run: NewRecord[] = [
    fresh(
      'RunStarted',
      {
        alert: { id: 'inc1', title: said('title'), service: said('service'), urgency: said('urgency') },
        mode: 'approval',
        context: said('context'),
      },
      { actor: { type: 'user', name: said('user') } },
    ),
    fresh('TargetResolved', { target, reason: said('reason'), doubt: said('doubt') }),
    fresh('Diagnosed', {
      diagnosis: {
        summary: said('summary'),
        rootCause: said('cause'),
        findings: [{ name: 'CrashLoopBackOff', target, summary: said('finding'), evidence: ['e1'] }],
        hypotheses: [{ statement: said('guess'), evidence: [said('citation')] }],
        engine: 'claude',
        notes: [said('note')],
        evidence: [
          {
            id: 'e1',
            source: { type: 'logs', ref: target, container: said('container'), previous: true },
            summary: said('evidence'),
            detail: said('log'),
            time: said('time'),
          },
        ],
        gaps: [{ what: said('gap'), reason: said('why') }],
        proposals: [],
      },
    }),
    fresh('Planned', { steps: [one, other] }),
    fresh('Approved', { stepId: 's1', argvHash: 'x' }, { actor: { type: 'user', name: said('approver') } }),
    executionStarted(one),
    fresh('ExecutionFinished', {
      stepId: 's1',
      exitCode: 1,
      durationMs: 5,
      output: said('output'),
      error: said('error'),
    }),
    fresh('VerificationFinished', { stepId: 's1', verified: false, message: said('verification') }),
    fresh('RunEnded', { status: 'unresolved', message: said('end') }),
    fresh('WriteBackDone', { id: 'x', kind: 'note', outcome: 'given-up', message: said('refusal') }),
  ];
  return [...run, { ...begun, runId: 'run2' } as NewRecord];
}

function rendered(all: readonly NewRecord[], more = surroundings): string {
  const report = incidentReport(dated(...all), 'inc1', { liveRuns: new Set() });
  assert.ok(report);
  return renderReport(report, more);
}

/** What a line of Markdown is, told by its beginning alone. */
function kindOf(line: string): string {
  return /^(#{1,6}(?= )|- |\| |\s*$)/.exec(line)?.[1]?.trim() ?? 'text';
}

/** The blocks of a document and what stands outside of code, read as CommonMark has it. */
function read(text: string): { blocks: string[]; bare: string } {
  const blocks: string[] = [];
  const outside: string[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const fence = /^(`{3,})text$/.exec(line)?.[1];
    if (fence === undefined) {
      blocks.push(kindOf(line));
      outside.push(line);
      continue;
    }
    do index++;
    while (index < lines.length && !new RegExp(`^ {0,3}\`{${fence.length},}\\s*$`).test(lines[index] ?? ''));
    assert.ok(index < lines.length, 'every block of code ends');
    assert.equal(lines[index], fence, 'and ends where it was meant to');
    blocks.push('code');
  }
  return { blocks, bare: outside.map(withoutCode).join('\n') };
}

/** A line without its code spans: a run of backticks up to the next run that is as long. */
function withoutCode(line: string): string {
  let rest = line;
  let bare = '';
  for (;;) {
    const open = /(?<!\\)(?:\\\\)*(`+)/.exec(rest);
    if (open?.[1] === undefined) return bare + rest;
    const start = open.index + open[0].length;
    const close = [...rest.slice(start).matchAll(/`+/g)].find(([run]) => run.length === open[1]?.length);
    assert.ok(close, `a code span without an end: ${line}`);
    bare += rest.slice(0, start - open[1].length);
    rest = rest.slice(start + close.index + close[0].length);
  }
}

describe('The report of an incident as people read it', () => {
  it('holds header, times, cause with evidence, timeline, every command with its fate, and the state of the log', () => {
    const run = resolvedRun();
    const diagnosis = fresh('Diagnosed', { diagnosis: view.diagnosis as NonNullable<typeof view.diagnosis> });
    const text = rendered([...run.slice(0, 2), diagnosis, ...run.slice(2)]);
    for (const part of [
      '# Incident report: checkout is down',
      '| Object | Deployment shop/checkout |',
      '**Cause:** A wrong value of MODE',
      '**Outcome:** resolved. The finding is gone and stayed gone',
      '| Diagnosed | 2026-11-22 12:00:02 | 2.0 s |',
      '| Mitigated | 2026-11-22 12:00:10 | 10 s |',
      '| Acknowledged | not by Oncall Agent |  |',
      'when PagerDuty opened the incident is not known here',
      '**e1** container app: last exit 1 — Pod shop/checkout-1, status',
      '- 2026-11-22 12:00:05 · step s1 approved: `kubectl rollout undo deployment/checkout --to-revision=1 -n shop` (ada)',
      '- Decision: ask. The mode is approval',
      '- Approved: by ada',
      '- Verification: verified. 2 of 2 replicas ready; CrashLoopBackOff is gone',
      '- Way back: `kubectl x`, not taken. Rolls it forward again.',
      '```text\nrolled back\n```',
      'The hash chains of the journal are whole: 1 file, 11 records.',
    ]) {
      assert.ok(text.includes(part), `${part}\n\n${text}`);
    }
  });

  it('counts from the page where it is known', () => {
    const report = incidentReport(dated(...resolvedRun()), 'inc1', { pagedAt: '2026-11-22T11:00:00.000Z' });
    assert.ok(report);
    const text = renderReport(report, surroundings);
    assert.match(text, /\| Paged \| 2026-11-22 11:00:00 \|/);
    assert.match(text, /\| Mitigated \| .* \| 1 h 0 min \|/);
  });

  it('says what was not run and why, and what nobody saw end', () => {
    const skipped = step('s2', { command: 'kubectl scale deployment/checkout --replicas=3' });
    const text = rendered([
      started(),
      fresh('Planned', { steps: [step('s1'), skipped] }),
      fresh('StepSkipped', { stepId: 's2', reason: 'What it would fix is gone already' }, { actor: ada }),
      executionStarted(step('s1')),
    ]);
    assert.match(
      text,
      /### Not run\n\n- `kubectl scale .*` · medium risk, confidence 85 % · skipped: What it would fix/,
    );
    assert.match(text, /- Result: its end was not seen/);
    assert.match(text, /interrupted/);
  });

  it('says that the log was changed, and that it was a rehearsal', () => {
    const text = rendered(resolvedRun(), {
      ...surroundings,
      chain: { intact: false, message: 'x.jsonl, line 4: changed' },
      practice: true,
    });
    assert.match(text, /\*\*The journal was changed after it was written\*\*: x\.jsonl, line 4/);
    assert.match(text, /A rehearsal: this incident and its cluster were stand-ins/);
  });

  it('lets no text from outside out of its place: no markup, no link, no HTML, no block of its own', () => {
    const plain = read(rendered(records((name) => `plain ${name}`)));
    const evil = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(...hostile).map((unit) => repeated(unit, 300)),
      fc
        .array(
          fc.constantFrom(
            ...[
              '`',
              '``',
              '```',
              '````\n',
              '\n```\n',
              '~~~',
              '\n\n# x\n',
              '<script>',
              '<!--',
              '-->',
              '](',
              '[a](b)',
            ],
            ...[
              '![x](y)',
              '|',
              '\\',
              '\\`',
              '*',
              '_',
              '$',
              '$$',
              '&lt;',
              '&#60;',
              '\n- ',
              '1. ',
              '> ',
              '---',
              '===',
            ],
            ...[
              'https://evil.example',
              '//evil.example',
              'www.evil.example',
              'ada@evil.example',
              'command:x',
              '\t',
              '    ',
              '\r',
              '\u2028',
            ],
          ),
          { minLength: 1, maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(evil, fc.nat(), (text, seed) => {
        let turn = seed;
        // Something to see in each place, so that the same blocks are there as without evil.
        const said = (name: string) => (turn++ % 3 === 0 ? `${text} ${name}` : `${name}${text}`);
        const { blocks, bare } = read(rendered(records(said)));
        assert.deepEqual(blocks, plain.blocks);
        for (const line of bare.split('\n')) {
          const content = line.replace(/^(?:- |#{1,6} )/, '');
          assert.doesNotMatch(content, /^(?:\d{1,9}[.)]|[-+*=>]|#{1,6})(?:\s|$)/, 'a block inside a block');
        }
        const unescaped = bare.replace(/\\[!-/:-@[-`{-~]/g, '·');
        assert.doesNotMatch(unescaped, /[[\]<>`~$]/, 'markup');
        assert.doesNotMatch(
          unescaped.replace(/^\|.*\|$/gm, (row) => row.replaceAll(' | ', ' ').slice(1, -1)),
          /\|/,
          'cell',
        );
        assert.doesNotMatch(unescaped.replace(/\*\*/g, ''), /[*_]/, 'emphasis');
        assert.doesNotMatch(unescaped, /\/\/|www\.|\S@\S|&#?\w+;/i, 'link or entity');
        assert.doesNotMatch(bare, /[\p{Cf}\p{Cs}\u2028\u2029\r]/u, 'hidden');
      }),
      { numRuns: 150 },
    );
  });

  it('bounds what a command printed and what a log said', () => {
    const text = rendered(
      records((name) => (name === 'output' || name === 'log' ? 'line\n'.repeat(100_000) : name)),
    );
    assert.ok(text.length < 20_000, String(text.length));
    assert.match(text, /lines before/);
  });
});
