/** A command that comes from a view acts on that view's run or on none, however many other runs there are. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ApprovalRequest, RunView } from '../../src/domain/run.ts';
import { originOf, runOfDocument, subjectOf, type Need, type Origin } from '../../src/editor/invocation.ts';
import { step, view } from '../unit/editor/sample.ts';
import { manifest } from '../support/manifest.ts';
import { newPerson, sitDown, type Person } from '../support/vscode-stub.ts';

const { runCommands } = await import('../../src/editor/runCommands.ts');
const { manifestCommands } = await import('../../src/editor/manifestCommands.ts');

/** How a run stands in this window. */
type Standing = 'asks' | 'goes on' | 'has ended' | 'is of another window';
const standings: readonly Standing[] = ['asks', 'goes on', 'has ended', 'is of another window'];

/** Runs by id, and everything that commands did to them. */
function deskOf(standing: Readonly<Record<string, Standing>>, inPanel?: string) {
  const runs: Readonly<Record<string, Standing>> = Object.assign(Object.create(null) as object, standing);
  const touched: { readonly runId: string; readonly did: string }[] = [];
  const touch = (did: string) => (runId: string) => Promise.resolve(void touched.push({ runId, did }));
  const viewOf = (runId: string): RunView | undefined => {
    const standing = runs[runId];
    if (standing === undefined) return undefined;
    const over = standing === 'has ended';
    return {
      ...view,
      runId,
      incidentId: `incident of ${runId}`,
      title: `title of ${runId}`,
      phase: over ? 'resolved' : 'awaiting approval',
      ...(over ? { endedAt: '2026-11-22T03:09:00Z' } : {}),
      steps: [
        {
          ...step,
          state: over ? 'verified' : 'awaiting-approval',
          manifestChange: { diff: `diff of ${runId}`, from: 'live' },
        },
        { ...step, id: 's2', argvHash: 'other', state: over ? 'verified' : 'pending' },
      ],
    };
  };
  const ids = Object.keys(runs);
  const isLive = (runId: string) => runs[runId] === 'asks' || runs[runId] === 'goes on';
  const askedIn = (runId: string): ApprovalRequest | undefined =>
    runs[runId] === 'asks' ? { runId, incidentId: `incident of ${runId}`, step } : undefined;
  const desk = {
    view: viewOf,
    startOf: (runId: string) =>
      isLive(runId) ? { incidentId: `incident of ${runId}`, title: `title of ${runId}` } : undefined,
    history: () => Promise.resolve(ids.flatMap((runId) => viewOf(runId) ?? [])),
    latestFor: () => undefined,
    isLive,
    liveRuns: () => ids.filter(isLive),
    askedIn,
    asked: () => ids.flatMap((runId) => askedIn(runId) ?? []),
    offeredTogether: (runId: string) =>
      askedIn(runId) === undefined
        ? []
        : [
            { stepId: 's1', argvHash: step.argvHash },
            { stepId: 's2', argvHash: 'other' },
          ],
    stop: (runId: string) => void touched.push({ runId, did: 'stop' }),
    answer: (runId: string, stepId: string, { type }: { type: string }) => touch(`${type} ${stepId}`)(runId),
    answerTogether: touch('answerTogether'),
    undo: touch('undo'),
  };
  const parts = {
    desk,
    documents: { show: touch('show document') },
    edits: { open: touch('edit') },
    panel: { inFront: inPanel, show: (runId: string) => void touched.push({ runId, did: 'show panel' }) },
  };
  const commands: Record<string, (...args: unknown[]) => unknown> = {
    ...(runCommands(parts as never) as Record<string, (...args: unknown[]) => unknown>),
    ...(manifestCommands(parts as never) as Record<string, (...args: unknown[]) => unknown>),
  };
  return { touched, commands };
}

const planOf = (runId: string) => ({ scheme: 'oncall-plan', path: '/Q1.oncall-plan', query: runId });

/** Everything that invokes a command for run `own`: its arguments, and what is in front then. */
const origins: Readonly<
  Record<string, { readonly args: readonly unknown[]; readonly inFront?: 'document' | 'panel' | 'evidence' }>
> = {
  'title button of its document': { args: [planOf('own'), { groupId: 1 }] },
  'key or palette over its document': { args: [], inFront: 'document' },
  'key or palette over its panel': { args: [], inFront: 'panel' },
  'palette over its evidence': { args: [], inFront: 'evidence' },
  'CodeLens of a step': { args: ['own', 's1', step.argvHash] },
  'panel button of a step': { args: [{ runId: 'own', stepId: 's1', argvHash: step.argvHash }] },
  'button or row of the run': { args: ['own'] },
};
/** A hurried person: takes the first row of every list, and presses what runs something. */
const hurried = (): Person => ({
  ...newPerson(),
  pick: (items) => items[0],
  press: (buttons) => buttons.at(-1),
});

const acting = [
  'approveStep',
  'skipStep',
  'dryRunStep',
  'editStep',
  'approveTogether',
  'stopRun',
  'undoStep',
];
const showing = ['showPlan', 'showPlanDocument', 'copyManifestChange'];

const invoke = async (
  command: string,
  origin: keyof typeof origins,
  runs: Readonly<Record<string, Standing>>,
  other?: string,
) => {
  const { args, inFront } = origins[origin] ?? assert.fail();
  const { touched, commands } = deskOf(runs, inFront === 'panel' ? 'own' : undefined);
  const person = sitDown(hurried());
  if (inFront === 'document') person.editor = planOf('own');
  if (inFront === 'evidence')
    person.editor = { scheme: 'oncall-evidence', path: '/own/e1/pod.yaml', query: '' };
  // What is named counts, whatever is in front.
  if (other !== undefined && inFront === undefined) person.editor = planOf(other);
  await commands[`oncall.${command}`]?.(...args);
  return { touched, person };
};

describe('A command that comes from a view', () => {
  for (const command of [...acting, ...showing]) {
    it(`acts on that view's run or on none: ${command}`, async () => {
      for (const origin of Object.keys(origins)) {
        for (const own of standings) {
          for (const others of [[], ['asks'], ['asks', 'goes on', 'has ended']] as const) {
            const runs = Object.fromEntries([
              ...others.map((standing, index) => [`other-${index}`, standing] as const),
              ['own', own] as const,
            ]);
            const { touched, person } = await invoke(command, origin, runs, 'other-0');
            const told = `${origin}, own ${own}, others ${others.join()}: ${JSON.stringify(touched)}`;
            assert.deepEqual(
              touched.filter(({ runId }) => runId !== 'own'),
              [],
              told,
            );
            assert.ok(!person.messages.includes('diff of other-0'), told);
            assert.ok(
              !JSON.stringify([person.lists, person.questions]).includes('other-'),
              `${told} offers another run`,
            );
          }
        }
      }
    });
  }

  it('says so where its run has ended, and does nothing', async () => {
    for (const [command, words] of [
      ['stopRun', /^This run has ended; nothing was stopped\.$/],
      ['approveStep', /^This run has ended; nothing was approved\.$/],
      ['approveTogether', /^This run has ended; nothing was approved\.$/],
      ['skipStep', /^This run has ended; nothing was skipped\.$/],
      ['dryRunStep', /^This run has ended; nothing was dry-run\.$/],
      ['editStep', /^This run has ended; nothing was edited\.$/],
    ] as const) {
      for (const origin of Object.keys(origins)) {
        const { touched, person } = await invoke(command, origin, { own: 'has ended', other: 'asks' });
        assert.deepEqual(touched, [], `${command}, ${origin}`);
        assert.equal(person.messages.length, 1, `${command}, ${origin}`);
        assert.match(person.messages[0] ?? '', words);
      }
    }
  });

  it('does what it says where its run can be acted on', async () => {
    for (const origin of Object.keys(origins)) {
      for (const [command, did] of [
        ['stopRun', 'stop'],
        ['approveStep', 'approve s1'],
        ['skipStep', 'skip s1'],
        ['dryRunStep', 'dry-run s1'],
        ['editStep', 'edit'],
        ['approveTogether', 'answerTogether'],
      ] as const) {
        const { touched } = await invoke(command, origin, { other: 'asks', own: 'asks' });
        assert.deepEqual(touched, [{ runId: 'own', did }], `${command}, ${origin}`);
      }
    }
  });

  it('asks by name where nothing of a run is in front, also where there is only one', async () => {
    for (const command of [...acting, 'copyManifestChange']) {
      const { touched, commands } = deskOf({ only: command === 'undoStep' ? 'has ended' : 'asks' });
      const person = sitDown(newPerson());
      await commands[`oncall.${command}`]?.();
      assert.deepEqual(touched, [], command);
      if (command === 'copyManifestChange') continue;
      assert.equal(person.lists.length, 1, command);
      assert.match(JSON.stringify(person.lists), /title of only/, command);
    }
  });

  it('does nothing for what is no run', async () => {
    const bad: unknown[][] = [
      [{ scheme: 'file', path: '/etc/passwd', query: 'own' }],
      [{ runId: 1 }],
      [42],
      [['own']],
      ['constructor'],
      [planOf('nobody')],
    ];
    for (const command of [...acting, ...showing]) {
      for (const args of bad) {
        const { touched, commands } = deskOf({ own: 'asks' });
        sitDown({ ...hurried(), editor: planOf('own') });
        await assert.rejects(async () => commands[`oncall.${command}`]?.(...args), /There is no /);
        assert.deepEqual(touched, [], `${command} ${JSON.stringify(args)}`);
      }
    }
  });
});

describe('What a command is about', () => {
  const origin = fc.oneof(
    fc.record({ kind: fc.constant('named' as const), runId: fc.string() }),
    fc.record({ kind: fc.constant('view' as const), runId: fc.string() }),
    fc.constant({ kind: 'palette' as const }),
    fc.constant({ kind: 'unreadable' as const }),
  );

  it('is never a run that its origin does not name', () => {
    fc.assert(
      fc.property(
        origin as fc.Arbitrary<Origin>,
        fc.constantFrom<Need>('known', 'live', 'asking'),
        fc.func(fc.boolean()),
        fc.func(fc.boolean()),
        fc.func(fc.boolean()),
        (from, need, isKnown, isLive, isAsking) => {
          const found = subjectOf(from, need, { isKnown, isLive, isAsking });
          if (found.kind === 'run') {
            assert.ok('runId' in from && from.runId === found.runId);
            assert.ok(need === 'known' || isLive(found.runId));
            assert.ok(need !== 'asking' || isAsking(found.runId));
          }
          assert.equal(found.kind === 'ask', from.kind === 'palette');
        },
      ),
    );
  });

  it('is read from arguments of any kind, and only addresses of our own documents tell a run', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 4 }), fc.option(fc.string()), (args, inFront) => {
        const { kind } = originOf(args, inFront ?? undefined);
        if (args[0] !== undefined && args[0] !== null) assert.notEqual(kind, 'palette');
      }),
    );
    assert.equal(runOfDocument({ scheme: 'oncall-edit', path: '/x', query: 'r' }), 'r');
    assert.equal(runOfDocument({ scheme: 'oncall-evidence', path: '/r/e1/x', query: '' }), 'r');
    assert.equal(runOfDocument({ scheme: 'file', path: '/r', query: 'r' }), undefined);
    assert.equal(runOfDocument({ scheme: 'constructor', path: '/r', query: 'r' }), undefined);
  });
});

describe('The buttons in the title of a plan document', () => {
  it('offer Stop for the documents of runs that go on, each for itself', () => {
    const { contributes } = manifest as {
      contributes: { menus: Record<string, { command?: string; when?: string }[]> };
    };
    const stop = contributes.menus['editor/title']?.find(({ command }) => command === 'oncall.stopRun');
    assert.equal(stop?.when, 'resource in oncall.livePlans');
  });
});
