/** What PagerDuty is told about an agent's runs: a real journal, a real agent, the practice account over loopback. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { OncallAgent } from '../../../src/agent.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Mode } from '../../../src/domain/decision.ts';
import type { NewRecord } from '../../../src/domain/record.ts';
import type { OutputLine } from '../../../src/editor/outputLines.ts';
import { WriteBackDesk } from '../../../src/editor/writeBackDesk.ts';
import { incidentReport } from '../../../src/journal/report.ts';
import { PagerDutyClient } from '../../../src/pagerduty/client.ts';
import { startPagerDuty, type PracticePagerDuty } from '../../../src/practice/pagerduty/server.ts';
import type { StoredIncident } from '../../../src/practice/pagerduty/store.ts';
import { waitFor } from '../../support/processes.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';
import { ada, fresh, resolvedRun, started, step } from '../journal/records.ts';

describe('PagerDuty and the runs of an agent', () => {
  let scratch: Scratch;
  let server: PracticePagerDuty;
  let agent: OncallAgent;
  let incident: StoredIncident;
  let desk: WriteBackDesk;
  let settings: { writeNotes: boolean; resolveAutomatically: boolean };
  let listed: readonly Incident[];
  let offered: string[];
  let lines: OutputLine[];

  beforeEach(async () => {
    scratch = await scratchFolder('write-back-desk');
    server = await startPagerDuty();
    incident = server.raise({ summary: 'checkout is down' });
    agent = new OncallAgent({ journalDirectory: scratch.path });
    settings = { writeNotes: true, resolveAutomatically: false };
    offered = [];
    lines = [];
    const client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token, delay: () => 0 });
    listed = await client.openIncidents();
    desk = new WriteBackDesk(client, {
      agent,
      directory: scratch.path,
      window: 'w1',
      settings: () => settings,
      incidents: () => listed,
      answers: () => true,
      write: (line) => lines.push(line),
      onFailed: (error) => assert.fail(String(error)),
      onChanged: () => undefined,
      offerResolve: ({ id }, runId) => offered.push(`${id} ${runId}`),
    });
    await agent.open();
  });
  afterEach(async () => {
    desk.stop();
    await agent.dispose();
    await server.close();
    await scratch.remove();
  });

  const write = async (...records: NewRecord[]): Promise<void> => {
    for (const record of records) await agent.journal.append({ ...record, incidentId: incident.id });
  };
  const begin = (mode: Mode): NewRecord => {
    const record = started();
    return { ...record, data: { ...record.data, mode } } as NewRecord;
  };
  const written = () => server.requests.filter(({ method }) => method !== 'GET').length;
  const notes = (count: number) =>
    waitFor(`there are ${count} notes`, () => (incident.notes.length === count ? true : undefined), {
      timeoutMs: 30_000,
    });
  /** Everything that was wanted has come to its end. */
  const told = () =>
    waitFor(
      'nothing is left to be told',
      async () => {
        const records = await agent.journal.records();
        const count = (type: string) => records.filter((record) => record.type === type).length;
        return count('WriteBackWanted') === count('WriteBackDone') ? true : undefined;
      },
      { timeoutMs: 30_000 },
    );

  it('tells the beginning and the end of a run, in the audit log and the output too, and offers to resolve', async () => {
    const [, ...rest] = resolvedRun();
    await write(begin('approval'));
    await waitFor('it is acknowledged', () => (incident.status === 'acknowledged' ? true : undefined), {
      timeoutMs: 30_000,
    });
    await write(...rest);
    await notes(1);
    await told();
    assert.deepEqual(offered, [`${incident.id} run1`]);
    assert.equal(incident.status, 'acknowledged');
    const text = lines.map((line) => line.text).join('\n');
    assert.match(text, /audit #\d+: PagerDuty, acknowledging incident \w+ wanted by oncall-agent/);
    assert.match(text, /PagerDuty, a note on incident \w+: the note was added/);
  });

  it('resolves by itself only where that is configured', async () => {
    settings = { writeNotes: false, resolveAutomatically: true };
    await write(...resolvedRun());
    await waitFor('it is resolved', () => (incident.status === 'resolved' ? true : undefined), {
      timeoutMs: 30_000,
    });
    await told();
    assert.deepEqual(offered, []);
    assert.equal(incident.notes.length, 0);
  });

  it('writes nothing while the settings do not say so', async () => {
    settings = { writeNotes: false, resolveAutomatically: false };
    await write(...resolvedRun());
    await desk.wake();
    assert.equal(written(), 0);
    assert.deepEqual(offered, []);
  });

  it('writes nothing about a run in plan mode; what a person asks for is done', async () => {
    await write(begin('plan'), fresh('RunEnded', { status: 'proposed', message: 'Plan mode' }));
    await desk.wake();
    assert.equal(written(), 0);
    const [shown] = listed;
    assert.ok(shown);
    assert.equal(await desk.tell('acknowledge', shown), 'done');
    assert.equal(incident.status, 'acknowledged');
    assert.equal(await desk.tell('resolve', shown), 'done');
    assert.equal(incident.status, 'resolved');
    assert.equal(written(), 2);
  });

  it('keeps who acknowledged by hand, and the report counts from that', async () => {
    await write(begin('plan'), fresh('RunEnded', { status: 'proposed', message: 'Plan mode' }));
    const [shown] = listed;
    assert.ok(shown);
    await desk.tell('acknowledge', shown);
    const records = await agent.journal.records();
    const wanted = records.find(({ type }) => type === 'WriteBackWanted');
    assert.deepEqual(wanted?.actor, { type: 'user', name: userInfo().username });
    const report = incidentReport(records, incident.id);
    assert.equal(report?.acknowledgedAt, records.at(-1)?.time);
    assert(report?.timeline.some(({ by }) => by === userInfo().username));
  });

  it('writes nothing about an alert that PagerDuty does not list', async () => {
    listed = [];
    await write(...resolvedRun());
    await desk.wake();
    assert.equal(written(), 0);
    assert.deepEqual(offered, []);
  });

  it('does not acknowledge again what is acknowledged', async () => {
    listed = listed.map((one) => ({ ...one, status: 'acknowledged' }));
    await write(...resolvedRun());
    await notes(1);
    assert.equal(incident.status, 'triggered');
  });

  it('adds a second note when a step is taken back later', async () => {
    await write(...resolvedRun());
    await notes(1);
    await told();
    const undo = step('s1-undo', { undoes: 's1' });
    await write(fresh('UndoPlanned', { step: undo }, { actor: ada }));
    await desk.wake();
    assert.equal(incident.notes.length, 1, 'it goes on');
    await waitFor(
      'the second note is wanted',
      async () =>
        (await agent.journal.records()).some(
          (record) => record.type === 'WriteBackWanted' && record.data.id === 'run1/note/2',
        ) || undefined,
      { timeoutMs: 30_000 },
    );
    await write(fresh('RunEnded', { status: 'undone', message: 'Step s1 was undone' }));
    await notes(2);
    assert.match(incident.notes[1]?.content ?? '', /Outcome: the change was undone/);
  });

  it('says when PagerDuty does not take a resolution now, and when it never will', async () => {
    const [shown] = listed;
    assert.ok(shown);
    server.fail({ status: 503, times: 3 });
    assert.equal(await desk.tell('resolve', shown), 'later');
    await assert.rejects(
      desk.tell('resolve', { ...shown, id: 'QGONE' }),
      /Incident QGONE was not resolved: .*404/,
    );
    assert.equal(incident.status, 'resolved', 'the one before went with it');
  });

  it('holds up no run: a journal without room for it leaves only a message', async () => {
    const errors: unknown[] = [];
    desk.stop();
    const client = new PagerDutyClient({ baseUrl: server.baseUrl, token: server.token });
    desk = new WriteBackDesk(client, {
      ...{
        agent: {
          journal: agent.journal,
          runViews: () => agent.runViews(),
          open: () => Promise.reject(new Error('full')),
        },
      },
      ...{ directory: scratch.path, window: 'w1', settings: () => settings, incidents: () => listed },
      ...{
        answers: () => true,
        write: () => undefined,
        onChanged: () => undefined,
        offerResolve: () => undefined,
      },
      onFailed: (error) => errors.push(error),
    });
    await write(begin('approval'));
    await waitFor('it is said', () => (errors.length > 0 ? true : undefined), { timeoutMs: 30_000 });
    assert.match(String(errors[0]), /full/);
  });
});
