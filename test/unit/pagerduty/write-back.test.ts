/** What PagerDuty is told, over real loopback HTTP and real journal files; only time is turned by hand. */
import assert from 'node:assert/strict';
import type { NewRecord } from '../../../src/domain/record.ts';
import type { WriteBack, WriteBackKind } from '../../../src/domain/write-back.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { OutboxReader } from '../../../src/journal/outbox-reader.ts';
import { runView } from '../../../src/journal/runs.ts';
import { PagerDutyClient } from '../../../src/pagerduty/client.ts';
import type { Timers } from '../../../src/pagerduty/poller.ts';
import { WriteBackSender } from '../../../src/pagerduty/write-back.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../../src/practice/pagerduty/server.ts';
import type { StoredIncident } from '../../../src/practice/pagerduty/store.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { ada, agent, resolvedRun, started } from '../journal/records.ts';

const minute = 60_000;

/** One time for all windows; it stands still until a test lets it pass. */
class Time {
  now = Date.parse('2026-11-22T12:00:00Z');
  readonly clocks: WindowClock[] = [];

  /** Lets time pass: each window acts when its pause is over, and has come to rest before the next one does. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const [next] = this.clocks
        .filter(({ due }) => due !== undefined && due <= end)
        .sort((a, b) => (a.due ?? 0) - (b.due ?? 0));
      if (next?.due === undefined) break;
      this.now = Math.max(this.now, next.due);
      await next.ring();
    }
    this.now = end;
  }
}

class WindowClock implements Timers {
  due: number | undefined;
  readonly #time: Time;
  #callback: (() => void) | undefined;
  #set: (() => void) | undefined;

  constructor(time: Time) {
    this.#time = time;
    time.clocks.push(this);
  }

  set(callback: () => void, ms: number): unknown {
    this.due = this.#time.now + ms;
    this.#callback = callback;
    this.#set?.();
    return this;
  }

  clear(): void {
    this.due = undefined;
    this.#callback = undefined;
  }

  now(): number {
    return this.#time.now;
  }

  /** A window that has come to rest waits for its next turn. */
  async ring(): Promise<void> {
    const rested = new Promise<void>((resolve) => {
      this.#set = resolve;
    });
    const callback = this.#callback;
    this.clear();
    callback?.();
    await rested;
  }
}

describe('Telling PagerDuty about a run', () => {
  let scratch: Scratch;
  let server: PracticePagerDuty;
  let time: Time;
  let incident: StoredIncident;
  const windows: Window[] = [];

  beforeEach(async () => {
    scratch = await scratchFolder('write-back');
    server = await startPagerDuty();
    time = new Time();
    incident = server.raise({ summary: 'checkout is down' });
  });
  afterEach(async () => {
    for (const window of windows.splice(0)) await window.close();
    await server.close();
    await scratch.remove();
  });

  /** One editor window: a journal file of its own in the common folder, and what sends. */
  class Window {
    readonly name: string;
    readonly journal: Journal;
    readonly said: string[] = [];
    answers = true;
    forbidden: string | undefined;
    sender!: WriteBackSender;

    constructor(name: string) {
      this.name = name;
      this.journal = new Journal({ directory: scratch.path, window: name, now: () => new Date(time.now) });
    }

    async open(token = server.token): Promise<this> {
      await this.journal.open();
      this.connect(token);
      return this;
    }

    connect(token = server.token): void {
      const reader = new OutboxReader(scratch.path, () => time.now);
      const client = new PagerDutyClient({ baseUrl: server.baseUrl, token, delay: () => 0 });
      this.sender = new WriteBackSender(
        client,
        {
          read: () => reader.read(),
          take: async ({ id, runId, incidentId }) => {
            await this.append({
              runId,
              incidentId,
              actor: agent,
              type: 'WriteBackTaken',
              data: { id, window: this.name },
            });
          },
          finish: async ({ id, kind, runId, incidentId }, outcome, message, text) => {
            const data = { id, kind, outcome, message, ...(text === undefined ? {} : { text }) };
            await this.append({ runId, incidentId, actor: agent, type: 'WriteBackDone', data });
          },
          run: async (runId) => runView(await this.journal.records(), runId, { liveRuns: new Set() }),
        },
        {
          window: this.name,
          forbidden: () => this.forbidden,
          answers: () => this.answers,
          log: (level, message) => this.said.push(`${level} ${message}`),
          timers: new WindowClock(time),
        },
      );
      this.sender.start();
    }

    async append(record: NewRecord): Promise<void> {
      await this.journal.append(record);
    }

    async want(kind: WriteBackKind, by = agent, id = `run1/${kind}`): Promise<void> {
      await this.append({
        runId: 'run1',
        incidentId: incident.id,
        actor: by,
        type: 'WriteBackWanted',
        data: { id, kind, to: server.baseUrl, window: this.name },
      });
    }

    /** The window goes away in the middle: what it had in hand is cut off, nothing is written any more. */
    crash(): void {
      this.sender.stop();
    }

    async close(): Promise<void> {
      this.sender.stop();
      await this.journal.close();
    }
  }

  const window = async (name = 'w1'): Promise<Window> => {
    const one = await new Window(name).open();
    windows.push(one);
    return one;
  };
  const ofRun = (record: NewRecord): NewRecord => ({ ...record, incidentId: incident.id });
  const run = async (one: Window, upTo = resolvedRun().length): Promise<void> => {
    for (const record of resolvedRun().slice(0, upTo)) await one.append(ofRun(record));
  };
  const notes = () => incident.notes.map(({ content }) => content);
  const outcomes = async (): Promise<Record<string, WriteBack['done']>> =>
    Object.fromEntries(
      (await new OutboxReader(scratch.path, () => time.now).read()).map(({ id, done }) => [id, done]),
    );
  const written = () =>
    server.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(incident.id, 'ID')}`);

  it('acknowledges at the start, and adds one note once the run has ended', async () => {
    const one = await window();
    await one.append(ofRun(started()));
    await one.want('acknowledge');
    await one.want('note');
    await one.sender.wake();
    assert.equal(incident.status, 'acknowledged');
    assert.deepEqual(notes(), []);
    for (const record of resolvedRun().slice(1)) await one.append(ofRun(record));
    await one.sender.wake();
    await time.pass(60 * minute);
    assert.equal(notes().length, 1);
    assert.match(
      notes()[0] ?? '',
      /Written by Oncall Agent, automatically\.\n\nOutcome: resolved and verified/,
    );
    assert.deepEqual(written(), ['PUT /incidents/ID', 'POST /incidents/ID/notes']);
    assert.equal(server.requests.at(-1)?.headers['from'], 'robin@example.com');
  });

  it('keeps in the audit log what was sent, to the letter', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    await one.sender.wake();
    const done = (await one.journal.records()).findLast(({ type }) => type === 'WriteBackDone');
    assert.equal(done?.type === 'WriteBackDone' ? done.data.text : '', notes()[0]);
  });

  it('acknowledges nothing that somebody has acknowledged already, and resolves nothing twice', async () => {
    const [, sam] = server.store.users;
    assert.ok(sam);
    server.store.acknowledge(incident, sam);
    const one = await window();
    await one.append(ofRun(started()));
    await one.want('acknowledge');
    await one.sender.wake();
    server.store.resolve(incident, 'Sam');
    await one.want('resolve', ada);
    await one.sender.wake();
    assert.deepEqual(written(), []);
    assert.deepEqual(
      Object.values(await outcomes()).map((done) => done?.outcome),
      ['already', 'already'],
    );
  });

  it('resolves when it is asked to', async () => {
    const one = await window();
    await run(one);
    await one.want('resolve', ada);
    await one.sender.wake();
    assert.equal(incident.status, 'resolved');
  });

  it('sends later what PagerDuty does not take now, with longer and longer pauses', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    server.fail({ status: 503, times: 30 });
    await one.sender.wake();
    assert.deepEqual(notes(), []);
    assert.match(one.said[0] ?? '', /^warn .*503.*It is tried again in 20 s/);
    const before = server.requests.length;
    await time.pass(10_000);
    assert.equal(server.requests.length, before, 'not before its time');
    await time.pass(60 * minute);
    assert.equal(notes().length, 1);
    assert.ok(server.requests.length < 60, String(server.requests.length));
  });

  it('leaves PagerDuty alone for as long as its rate limit says', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    server.fail({ status: 429, headers: { 'ratelimit-reset': '90' }, times: 1, path: '/notes' });
    await one.sender.wake();
    const before = server.requests.length;
    await one.want('resolve', ada);
    await one.sender.wake();
    await time.pass(89_000);
    assert.equal(server.requests.length, before);
    await time.pass(2_000);
    assert.equal(notes().length, 1);
    assert.equal(incident.status, 'resolved');
  });

  it('does not repeat a note whose answer was lost', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    server.fail({ drop: 'after', method: 'POST', path: '/notes' });
    await one.sender.wake();
    assert.equal(notes().length, 1);
    await time.pass(10 * minute);
    assert.equal(notes().length, 1);
    assert.equal((await outcomes())['run1/note']?.outcome, 'already');
  });

  it('does not repeat a note that was sent right before a crash', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    const client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token });
    const { noteText } = await import('../../../src/pagerduty/note.ts');
    const view = runView(await one.journal.records(), 'run1');
    assert.ok(view);
    await client.addNote(incident.id, noteText(view, 'run1/note'));
    one.crash();
    const two = await window('w2');
    await time.pass(20 * minute);
    assert.equal(notes().length, 1);
    assert.equal((await outcomes())['run1/note']?.outcome, 'already');
    assert.deepEqual(two.said, []);
  });

  it('is taken over from a window that crashed, after some minutes, by one of those that are there', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    one.crash();
    const others = [await window('w2'), await window('w3'), await window('w4')];
    await time.pass(5 * minute);
    assert.deepEqual(notes(), []);
    await time.pass(30 * minute);
    assert.equal(notes().length, 1);
    assert.equal(written().length, 1);
    assert.deepEqual(
      others.flatMap(({ said }) => said),
      [],
    );
  });

  it('is sent once, also where several windows take it over in the same moment', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    one.crash();
    const others = [await window('w2'), await window('w3')];
    await Promise.all(others.map(({ sender }) => sender.wake()));
    time.now += 6 * minute;
    await Promise.all(others.map(({ sender }) => sender.wake()));
    assert.deepEqual(written(), [], 'what the window before it may still be sending has time to arrive');
    await time.pass(2 * minute);
    assert.equal(notes().length, 1);
    await time.pass(30 * minute);
    assert.deepEqual(written(), ['POST /incidents/ID/notes']);
  });

  it('tells of a run that its window never saw end that its outcome is unknown', async () => {
    const one = await window();
    await one.append(ofRun(started()));
    await one.want('note');
    await run(one, 6);
    one.crash();
    await window('w2');
    await time.pass(45 * minute);
    assert.deepEqual(notes(), [], 'it may still go on in the other window');
    await time.pass(60 * minute);
    assert.match(notes()[0] ?? '', /Outcome: interrupted: what the last command did is not known/);
  });

  it('leaves a run of another window alone that waits for a person, however long', async () => {
    const one = await window();
    await run(one, 4);
    await one.want('note');
    await window('w2');
    await time.pass(24 * 60 * minute);
    assert.deepEqual(notes(), []);
    assert.deepEqual(await outcomes(), { 'run1/note': undefined });
  });

  it('is not taken from a window that only waits for PagerDuty to come back', async () => {
    const [one, two] = [await window('w1'), await window('w2')];
    await run(one);
    await one.want('note');
    server.fail({ status: 503, times: 100_000 });
    two.answers = false;
    await one.sender.wake();
    await time.pass(90 * minute);
    const records = await one.journal.records();
    assert.ok(!records.some(({ type }) => type === 'WriteBackTaken'));
  });

  it('acknowledges nothing any more once the run is over', async () => {
    const one = await window();
    await one.append(ofRun(started()));
    await one.want('acknowledge');
    server.fail({ status: 503, times: 6 });
    await one.sender.wake();
    await run(one);
    await time.pass(30 * minute);
    assert.equal(incident.status, 'triggered');
    assert.match((await outcomes())['run1/acknowledge']?.message ?? '', /the run was over before/);
  });

  it('resolves nothing on a verification that is old, or that a newer run has overtaken', async () => {
    const one = await window();
    await run(one);
    await one.want('resolve', agent, 'old');
    time.now += 61 * minute;
    await one.sender.wake();
    await one.want('resolve', agent, 'overtaken');
    time.now += 1000;
    await one.append({ ...ofRun(started()), runId: 'run2' });
    await one.sender.wake();
    assert.equal(incident.status, 'triggered');
    const all = await outcomes();
    assert.match(all['old']?.message ?? '', /too long ago/);
    assert.match(all['overtaken']?.message ?? '', /newer run/);
  });

  it('gives up what PagerDuty never will take, says why, and goes on with the rest', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    await one.append({
      runId: 'run1',
      incidentId: 'QGONE',
      actor: ada,
      type: 'WriteBackWanted',
      data: { id: 'gone', kind: 'resolve', to: server.baseUrl, window: 'w1' },
    });
    await one.want('resolve', ada);
    await one.sender.wake();
    const all = await outcomes();
    assert.equal(all['gone']?.outcome, 'given-up');
    assert.match(all['gone']?.message ?? '', /404/);
    assert.equal(incident.status, 'resolved');
    assert.equal(notes().length, 1);
  });

  it('asks once with a token that may not write, and waits for another', async () => {
    const one = await new Window('w1').open(server.readOnlyToken);
    windows.push(one);
    await run(one);
    await one.want('note');
    await one.sender.wake();
    const asked = written().length;
    assert.equal(asked, 1);
    assert.match(one.said.join('\n'), /may write.*tried again when the settings or the token change/);
    await time.pass(60 * minute);
    assert.equal(written().length, asked);
    one.sender.stop();
    one.connect();
    await one.sender.wake();
    assert.equal(notes().length, 1);
  });

  it('sends nothing to another address than the one that knows the incident', async () => {
    const one = await window();
    await run(one);
    await one.append({
      runId: 'run1',
      incidentId: incident.id,
      actor: agent,
      type: 'WriteBackWanted',
      data: { id: 'elsewhere', kind: 'note', to: 'https://api.eu.pagerduty.com', window: 'w1' },
    });
    await one.sender.wake();
    assert.deepEqual(server.requests, []);
  });

  it('stops telling once the setting is turned off', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    one.forbidden = 'oncall.pagerduty.writeNotes was turned off';
    await one.sender.wake();
    assert.deepEqual(server.requests, []);
    assert.equal((await outcomes())['run1/note']?.outcome, 'given-up');
  });

  it('does not repeat itself where the journal cannot be written after the note was sent', async () => {
    const one = await window();
    await run(one);
    await one.want('note');
    const { append } = one;
    let refused = 0;
    one.append = () => {
      refused += 1;
      return Promise.reject(new Error('no space left'));
    };
    await one.sender.wake();
    await time.pass(20 * minute);
    assert.ok(refused > 1);
    one.append = append;
    await time.pass(20 * minute);
    assert.equal(notes().length, 1);
    assert.equal((await outcomes())['run1/note']?.outcome, 'already');
  });
});
