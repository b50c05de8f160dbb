/** YOLO mode begins with what is triggered after a person switched it on: nothing older, and nothing that a person has. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Incident, IncidentStatus } from '../../src/domain/incident.ts';
import type { Actor, JournalRecord, NewRecord } from '../../src/domain/record.ts';
import { NewIncidents } from '../../src/editor/newIncidents.ts';
import { readSettings } from '../../src/editor/settings.ts';
import { YoloGate, type YoloAnswer, type YoloQuestion, type YoloScope } from '../../src/editor/yoloGate.ts';
import { yoloQuestion } from '../../src/editor/yoloQuestion.ts';
import { historyOf } from '../../src/journal/history.ts';
import { idle } from '../support/fake-clock.ts';
import { step } from '../unit/journal/records.ts';

const start = Date.parse('2026-11-22T03:00:00Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const ada: Actor = { type: 'user', name: 'ada' };
const system: Actor = { type: 'system', name: 'oncall-agent' };

const incident = (id: string, seconds: number, status: IncidentStatus = 'triggered'): Incident => ({
  ...{ id, title: id, status, urgency: 'high', createdAt: at(seconds), updatedAt: at(seconds) },
  ...{ assignees: [], acknowledgedBy: [] },
});
const scope = (more: Partial<YoloScope> = {}): YoloScope => ({
  agreedAt: start,
  since: start,
  open: new Set(),
  ...more,
});

/** A journal with a record a second. */
const journal = (...records: NewRecord[]) =>
  historyOf(records.map((one, seq) => ({ ...one, seq, time: at(seq), prev: '', hash: '' }) as JournalRecord));
const of = (actor: Actor, incidentId = 'P1') => ({ runId: `run-${incidentId}`, incidentId, actor });
const began = (actor: Actor, incidentId = 'P1'): NewRecord => ({
  ...of(actor, incidentId),
  ...{ type: 'RunStarted', data: { alert: { id: incidentId, title: '' }, mode: 'yolo', context: 'prod' } },
});
const ended = (status: 'stopped' | 'resolved' | 'unresolved', incidentId = 'P1'): NewRecord => ({
  ...of(system, incidentId),
  ...{ type: 'RunEnded', data: { status, message: '' } },
});
const handedOver: NewRecord = { runId: null, incidentId: 'P1', actor: ada, type: 'HandedOver', data: {} };

/** The ids that automation takes. */
function taken(
  incidents: readonly Incident[],
  {
    history = journal(),
    aheadMs = 0 as number | null,
    fresh = new NewIncidents(scope()),
    mine = new Map<string, number>(),
  } = {},
): string[] {
  const listed = { incidents, ...(aheadMs === null ? {} : { aheadMs }) };
  return fresh.of(listed, history.incidentsTaken, mine, history.incidents).map(({ id }) => id);
}

describe('YOLO mode takes', () => {
  it('what is triggered after the switch, and nothing that was there before', () => {
    assert.deepEqual(taken([incident('old', -1800), incident('new', 5), incident('now', 0)]), ['new']);
  });

  it('by PagerDuty’s clock, where the clocks differ', () => {
    const both = [incident('before', 300), incident('after', 700)];
    assert.deepEqual(taken(both, { aheadMs: 600_000 }), ['after']);
    assert.deepEqual(taken([incident('after', -500)], { aheadMs: -600_000 }), ['after']);
  });

  it('nothing more because this machine’s clock was set right meanwhile', () => {
    const fresh = new NewIncidents(scope());
    assert.deepEqual(taken([incident('before', 300)], { aheadMs: 600_000, fresh }), []);
    assert.deepEqual(taken([incident('before', 300), incident('after', 700)], { aheadMs: 0, fresh }), [
      'after',
    ]);
  });

  it('without PagerDuty’s clock, nothing of the first list, whatever its times say', () => {
    const fresh = new NewIncidents(scope());
    assert.deepEqual(taken([incident('first', 900)], { aheadMs: null, fresh }), []);
    const later = [incident('first', 900), incident('second', 901), incident('old', -5)];
    assert.deepEqual(taken(later, { aheadMs: null, fresh }), ['second']);
  });

  it('nothing whose time cannot be read', () => {
    assert.deepEqual(taken([{ ...incident('P1', 5), createdAt: 'just now' }]), []);
  });

  it('older ones only where a person gave them along', () => {
    const fresh = new NewIncidents(scope({ open: new Set(['old']) }));
    assert.deepEqual(taken([incident('old', -1800), incident('other', -1800)], { fresh }), ['old']);
  });

  it('none that is acknowledged, none that it or another window has taken', () => {
    assert.deepEqual(taken([incident('P1', 5, 'acknowledged')]), []);
    assert.deepEqual(taken([incident('P1', 5)], { history: journal(began(system)) }), []);
    assert.deepEqual(taken([incident('P1', 5)], { mine: new Map([['P1', start]]) }), []);
  });

  const edited = { ...of(ada), type: 'StepReplaced', data: { step: step('s1'), why: 'edited' } } as NewRecord;
  const skipped = { ...of(ada), type: 'StepSkipped', data: { stepId: 's1', reason: '' } } as NewRecord;
  for (const [what, records] of [
    ['started', [began(ada), ended('unresolved')]],
    ['started and goes on with', [began(ada)]],
    ['stopped', [ended('stopped')]],
    ['edited', [edited, ended('unresolved')]],
    ['skipped a step of', [skipped, ended('unresolved')]],
  ] as const)
    it(`none that a person ${what}, also where they gave the open ones along, until they hand it over`, () => {
      const fresh = new NewIncidents(scope({ open: new Set(['P1']) }));
      assert.deepEqual(taken([incident('P1', 5)], { history: journal(...records), fresh }), []);
      assert.deepEqual(taken([incident('P1', 5)], { history: journal(...records, handedOver), fresh }), [
        'P1',
      ]);
    });

  it('what a person hands over, once, however old and although they have acknowledged it', () => {
    const mine = [incident('P1', -1800, 'acknowledged')];
    const history = journal(began(ada), ended('unresolved'), handedOver);
    assert.deepEqual(taken(mine, { history }), ['P1']);
    assert.deepEqual(taken(mine, { history, mine: new Map([['P1', start + 60_000]]) }), []);
    assert.deepEqual(taken(mine, { history: journal(began(ada), handedOver, began(system)) }), []);
    assert.deepEqual(taken(mine, { history: journal(handedOver, began(ada), ended('resolved')) }), []);
    assert.deepEqual(taken([incident('P1', 1, 'resolved')], { history }), []);
  });

  it('nothing that was handed over before YOLO mode was agreed to', () => {
    const fresh = new NewIncidents(scope({ agreedAt: start + 60_000, since: start + 60_000 }));
    assert.deepEqual(taken([incident('P1', -1800)], { history: journal(began(ada), handedOver), fresh }), []);
  });

  it('never anything older than the switch or the window, whatever the clocks and the times', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -3600, max: 3600 }),
        fc.integer({ min: -3600, max: 3600 }),
        fc.array(fc.integer({ min: -7200, max: 7200 })),
        (since, ahead, times) => {
          const fresh = new NewIncidents(scope({ since: start + since * 1000 }));
          const listed = times.map((seconds, index) => incident(`P${index}`, seconds));
          for (const id of taken(listed, { aheadMs: ahead * 1000, fresh }))
            assert.ok((times[Number(id.slice(1))] ?? 0) > since + ahead);
        },
      ),
    ));
});

describe('The consent to YOLO mode', () => {
  const settingsOf = (given: Record<string, unknown>) =>
    readSettings({ given: (key) => given[key], env: {} }).settings;

  class Person {
    readonly kept = new Map<string, unknown>();
    readonly asked: YoloQuestion[] = [];
    answer: YoloAnswer = true;
    time = start;
    open = ['P1', 'P2'];
    readonly gate = this.window();

    /** As in a window that is opened now. */
    window(): YoloGate {
      return new YoloGate(
        {
          memory: {
            get: (key) => this.kept.get(key),
            update: async (key, value) => void this.kept.set(key, value),
          },
          ask: (question) => Promise.resolve((this.asked.push(question), this.answer)),
          putBack: () => Promise.resolve(),
          log: () => undefined,
          now: () => this.time,
        },
        () => undefined,
      );
    }

    async set(
      mode: string,
      gate = this.gate,
      { given = {}, context = 'prod', practice = false } = {},
    ): Promise<YoloScope | undefined> {
      const settings = settingsOf({ mode, 'kubernetes.context': context, ...given });
      gate.consider({
        ...{ settings, given: settings.mode, practice },
        places: () => Promise.resolve([{ context, server: `https://${context}.example` }]),
        openIncidents: () => this.open,
      });
      await idle();
      return gate.scope;
    }
  }

  it('begins at the switch, and takes no open incident by itself', async () => {
    const person = new Person();
    person.time += 5000;
    assert.deepEqual(await person.set('yolo'), scope({ agreedAt: start + 5000, since: start + 5000 }));
    assert.deepEqual(person.asked[0]?.open, ['P1', 'P2']);
  });

  it('takes the open incidents along where a person says so, in this window and of this moment', async () => {
    const person = new Person();
    person.answer = 'with-open';
    assert.deepEqual([...((await person.set('yolo'))?.open ?? [])], ['P1', 'P2']);
    person.time += 60_000;
    assert.deepEqual([...((await person.set('yolo', person.window()))?.open ?? [])], []);
  });

  it('outlives a reload, and begins anew with the window', async () => {
    const person = new Person();
    await person.set('yolo');
    person.time += 3_600_000;
    const after = await person.set('yolo', person.window());
    assert.equal(person.asked.length, 1);
    assert.deepEqual(after, scope({ since: start + 3_600_000 }));
  });

  it('begins anew where it was taken back in between, and where nobody knows when it was given', async () => {
    const person = new Person();
    await person.set('yolo');
    person.time += 3_600_000;
    await person.set('approval');
    assert.equal(person.gate.scope, undefined);
    assert.equal((await person.set('yolo'))?.since, start + 3_600_000);
    person.kept.delete('oncall.yolo.agreedAt');
    person.time += 1000;
    assert.equal((await person.set('yolo', person.window()))?.agreedAt, start + 3_601_000);
  });

  it('begins anew with what comes after it was away: capped, in another context, or in practice', async () => {
    for (const away of [
      { given: { modeByContext: { prod: 'approval' } } },
      { context: 'test', given: { modeByContext: { test: 'approval' } } },
      { context: 'test' },
      { practice: true },
    ]) {
      const person = new Person();
      await person.set('yolo');
      person.time += 600_000;
      await person.set('yolo', person.gate, away);
      person.time += 600_000;
      assert.equal((await person.set('yolo'))?.since, start + 1_200_000, JSON.stringify(away));
    }
  });

  it('goes on with what it has where a setting changes that is about another context', async () => {
    const person = new Person();
    person.answer = 'with-open';
    const before = await person.set('yolo');
    person.time += 600_000;
    const given = { modeByContext: { test: 'approval' } };
    assert.equal(await person.set('yolo', person.gate, { given }), before);
    assert.equal(person.asked.length, 1);
  });

  it('gives nothing where it was declined', async () => {
    const person = new Person();
    person.answer = false;
    assert.equal(await person.set('yolo'), undefined);
  });

  it('says in its first line what will run, where', () => {
    const places = [{ context: 'prod', server: 'https://prod.example' }];
    const settings = settingsOf({ mode: 'yolo', 'destructiveOperations.enabled': true });
    const { message, detail } = yoloQuestion({ places, settings, open: ['P1'] });
    assert.equal(message, 'Oncall will run medium-risk commands in "prod" without asking.');
    assert.match(detail, /from now on.*those that are open now \(1\) only if you say so/);
    assert.match(detail, /10 changes in an hour, 2 at once/);
  });
});
