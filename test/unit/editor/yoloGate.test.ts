/** YOLO mode begins only where a person has agreed to it. */
import assert from 'node:assert/strict';
import { readSettings } from '../../../src/editor/settings.ts';
import { YoloGate, type RunPlace, type YoloQuestion } from '../../../src/editor/yoloGate.ts';
import { yoloQuestion } from '../../../src/editor/yoloQuestion.ts';
import { idle } from '../../support/fake-clock.ts';

const prod: RunPlace = { context: 'prod', server: 'https://prod.example' };
const stage: RunPlace = { context: 'stage', server: 'https://stage.example' };

/** Settings as somebody has written them. */
const settingsOf = (given: Record<string, unknown>) =>
  readSettings({ given: (key) => given[key], env: {} }).settings;

class Person {
  readonly kept = new Map<string, unknown>();
  readonly asked: YoloQuestion[] = [];
  readonly putBack: (string | undefined)[] = [];
  readonly logged: string[] = [];
  places: readonly RunPlace[] | Error = [prod];
  answer: boolean | Promise<boolean> = true;
  changes = 0;
  readonly gate = this.newGate();

  /** As in a window that is opened now. */
  newGate(): YoloGate {
    return new YoloGate(
      {
        memory: {
          get: (key) => this.kept.get(key),
          update: (key, value) => {
            this.kept.set(key, value);
            return Promise.resolve();
          },
        },
        ask: async (question) => {
          this.asked.push(question);
          return this.answer;
        },
        putBack: (mode) => {
          this.putBack.push(mode);
          return Promise.resolve();
        },
        log: (message) => this.logged.push(message),
      },
      () => this.changes++,
    );
  }

  async set(given: Record<string, unknown>, practice = false, gate = this.gate): Promise<void> {
    const settings = settingsOf(given);
    gate.consider({
      settings,
      given: settings.modeIsChosen ? settings.mode : undefined,
      practice,
      places: async () => {
        if (this.places instanceof Error) throw this.places;
        return this.places;
      },
    });
    await idle();
  }
}

describe('YOLO mode', () => {
  let person: Person;
  beforeEach(() => {
    person = new Person();
  });

  it('counts as approval until somebody has agreed', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    person.answer = promise;
    await person.set({ mode: 'yolo' });
    assert.equal(person.gate.state, 'asking');
    assert.equal(person.gate.mode('yolo'), 'approval');
    assert.deepEqual(person.gate.contexts, []);
    resolve(true);
    await idle();
    assert.equal(person.gate.state, 'on');
    assert.equal(person.gate.mode('yolo'), 'yolo');
    assert.deepEqual(person.gate.contexts, ['prod']);
  });

  it('is asked about once, and no more in the next window', async () => {
    await person.set({ mode: 'yolo' });
    await person.set({ mode: 'yolo', 'yolo.cooldownSeconds': 5 });
    const next = person.newGate();
    await person.set({ mode: 'yolo' }, false, next);
    assert.equal(next.state, 'on');
    assert.equal(person.asked.length, 1);
  });

  it('is asked about again after the mode was another', async () => {
    await person.set({ mode: 'yolo' });
    await person.set({ mode: 'approval' });
    assert.equal(person.gate.state, 'off');
    assert.equal(person.gate.mode('yolo'), 'approval');
    await person.set({ mode: 'yolo' });
    assert.equal(person.asked.length, 2);
  });

  it('is asked about for each context, and acts in no other', async () => {
    await person.set({ mode: 'yolo' });
    person.places = [stage];
    person.answer = false;
    await person.set({ mode: 'yolo', 'kubernetes.context': 'stage' });
    assert.equal(person.asked.length, 2);
    assert.equal(person.gate.state, 'declined');
    assert.deepEqual(person.gate.contexts, []);
  });

  it('is asked about every cluster that alerts may lead to, but for those that are capped', async () => {
    person.places = [prod, stage];
    await person.set({ mode: 'yolo', modeByContext: { prod: 'approval' } });
    assert.deepEqual(person.asked[0]?.places, [stage]);
    assert.deepEqual(person.gate.contexts, ['stage']);
  });

  it('asks nobody where every context is capped', async () => {
    await person.set({ mode: 'yolo', modeByContext: { prod: 'plan' } });
    assert.equal(person.asked.length, 0);
    assert.equal(person.gate.state, 'off');
  });

  it('is taken back where it is declined: the setting is what it was', async () => {
    person.answer = false;
    for (const before of ['plan', 'approval', undefined]) {
      await person.set({ mode: before });
      await person.set({ mode: 'yolo' });
      assert.equal(person.gate.state, 'declined');
      assert.equal(person.gate.mode('yolo'), 'approval');
    }
    assert.deepEqual(person.putBack, ['plan', 'approval', undefined]);
  });

  it('becomes approval where it was declined and nobody knows what was before', async () => {
    person.answer = false;
    await person.set({ mode: 'yolo' });
    assert.deepEqual(person.putBack, ['approval']);
  });

  it('leaves the setting alone where only practice was declined, and asks for the real cluster by itself', async () => {
    person.answer = false;
    await person.set({ mode: 'yolo' }, true);
    assert.equal(person.gate.state, 'declined');
    assert.deepEqual(person.putBack, []);
    person.answer = true;
    await person.set({ mode: 'yolo' });
    assert.equal(person.gate.state, 'on');
  });

  it('does not take an answer for a mode or context that has changed meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    person.answer = promise;
    await person.set({ mode: 'yolo' });
    await person.set({ mode: 'plan' });
    resolve(true);
    await idle();
    assert.equal(person.gate.state, 'off');
    assert.deepEqual(person.gate.contexts, []);
  });

  it('stays approval while it cannot be told where it would act, and asks once it can', async () => {
    person.places = new Error('no kubeconfig');
    await person.set({ mode: 'yolo' });
    assert.equal(person.gate.state, 'asking');
    assert.match(person.logged.join(), /counts as approval.*no kubeconfig/);
    person.places = [prod];
    person.gate.retry();
    assert.equal(person.changes, 1);
    await person.set({ mode: 'yolo' });
    assert.equal(person.gate.state, 'on');
  });

  it('says where it acts, what runs by itself and what stands in its way', () => {
    const settings = settingsOf({ mode: 'yolo', 'kubernetes.allowedNamespaces': ['shop', 'web'] });
    const { message, detail } = yoloQuestion({ places: [prod], settings });
    assert.match(message, /"prod"/);
    for (const said of [
      /https:\/\/prod\.example/,
      /Namespaces: shop, web/,
      /3 actions/,
      /10 min/,
      /5 failures/,
      /lock/,
      /Stop All/,
    ])
      assert.match(detail, said);
    const everywhere = yoloQuestion({ places: [prod], settings: settingsOf({ mode: 'yolo' }) });
    assert.match(everywhere.detail, /Namespaces: every namespace/);
    const destructive = settingsOf({ mode: 'yolo', 'destructiveOperations.enabled': true });
    assert.match(yoloQuestion({ places: [prod], settings: destructive }).detail, /high risk from 90 %/);
    assert.match(detail, /what changes the cluster is off/);
  });
});
