import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOncallError } from '../../../src/domain/error.ts';
import { PracticeProcess, readReady } from '../../../src/editor/practice.ts';

const ready = {
  ready: true,
  pagerduty: {
    baseUrl: 'http://127.0.0.1:4000',
    eventsUrl: 'http://127.0.0.1:4000',
    token: 't',
    routingKey: 'r',
  },
  kubernetes: { kubeconfig: '/tmp/k', context: 'practice' },
};

describe('The practice process', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oncall-practice-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const processOf = async (name: string, source: string) => {
    const script = join(directory, `${name}.mjs`);
    await writeFile(script, source);
    const said: string[] = [];
    const lost = Promise.withResolvers<string>();
    const failed = Promise.withResolvers<string>();
    const ended = Promise.withResolvers<{ incidentTitle: string }>();
    return {
      practice: new PracticeProcess({
        script,
        log: (line) => said.push(line),
        onFailed: failed.resolve,
        onEnded: ended.resolve,
        onLost: lost.resolve,
      }),
      said,
      lost: lost.promise,
      failed: failed.promise,
      ended: ended.promise,
    };
  };
  const never = new AbortController().signal;

  it('is taken at its word once it says where it listens', async () => {
    const { practice } = await processOf(
      'good',
      `console.log('starting'); console.log(${JSON.stringify(JSON.stringify(ready))}); process.stdin.resume();`,
    );
    const connection = await practice.start('crashloop', never);
    assert.deepEqual(connection.kubernetes, ready.kubernetes);
    assert.equal(connection.pagerduty.token, 't');
    practice.stop();
    assert.equal(practice.running, false);
  });

  it('gets the scenario as an argument and further ones through its input', async () => {
    const { practice, lost } = await processOf(
      'play',
      `import { createInterface } from 'node:readline';
       console.log(JSON.stringify({...${JSON.stringify(ready)}, kubernetes: {kubeconfig: process.argv[3], context: 'c'}}));
       createInterface({ input: process.stdin }).once('line', (line) => { console.error(line); process.exit(3); });`,
    );
    const { kubernetes } = await practice.start('oom-kill', never);
    assert.equal(kubernetes.kubeconfig, 'oom-kill');
    practice.play('crashloop');
    assert.match(await lost, /exit code 3.*\{"play":"crashloop"\}/);
  });

  it('says when a scenario cannot be played', async () => {
    const { practice, failed } = await processOf(
      'refuses',
      `console.log(${JSON.stringify(JSON.stringify(ready))});
       process.stdin.once('data', () => console.log('{"failed":"oom-kill","message":"no room"}'));`,
    );
    await practice.start('crashloop', never);
    practice.play('oom-kill');
    assert.equal(await failed, 'oom-kill: no room');
    practice.stop();
  });

  it('that fails to start says what it printed', async () => {
    const { practice } = await processOf('bad', `console.error('no kubectl here'); process.exit(2);`);
    await assert.rejects(practice.start('crashloop', never), /exit code 2.*no kubectl here/);
  });

  it('can be cancelled while it starts', async () => {
    const { practice } = await processOf('slow', `process.stdin.resume();`);
    const controller = new AbortController();
    const start = practice.start('crashloop', controller.signal);
    controller.abort();
    await assert.rejects(start, (error) => isOncallError(error) && error.code === 'cancelled');
    assert.equal(practice.running, false);
  });

  it('is never believed about another machine', () => {
    assert.equal(readReady('listening'), undefined);
    assert.equal(readReady('{"other":1}'), undefined);
    assert.throws(() =>
      readReady(
        JSON.stringify({ ...ready, pagerduty: { ...ready.pagerduty, baseUrl: 'https://api.pagerduty.com' } }),
      ),
    );
  });

  it('offers what the bundle lists', async () => {
    const offer = { number: 1, name: 'crashloop', title: 'checkout restarts', difficulty: 'easy' };
    const { practice } = await processOf(
      'lists',
      `if (process.argv[2] === 'list') console.log('${JSON.stringify({ scenarios: [offer] })}');`,
    );
    assert.deepEqual(await practice.offers(), [offer]);
  });

  it('says so where it cannot list anything', async () => {
    const { practice } = await processOf('lists-nothing', `console.error('broken'); process.exit(1);`);
    await assert.rejects(practice.offers(), /exit code 1: broken/);
  });

  it('says when an incident is over, and the truth about it when asked', async () => {
    const lesson = {
      incidentId: 'Q1',
      incidentTitle: 'checkout',
      firedAt: '2026-11-22T03:00:00Z',
      title: 'checkout restarts',
      teaches: 'Reads logs.',
      rootCause: { kind: 'Deployment', name: 'checkout', findings: ['CrashLoopBackOff'] },
      fixes: [{ says: 'Go back', command: '^kubectl' }, { says: 'By hand' }],
    };
    const ended = { ended: { incidentId: 'Q1', incidentTitle: 'checkout' } };
    const { practice, ended: over } = await processOf(
      'tells',
      `console.log(${JSON.stringify(JSON.stringify(ready))});
       console.log(${JSON.stringify(JSON.stringify(ended))});
       process.stdin.on('data', (text) => {
         if (JSON.parse(text).debrief === 'all') console.log(${JSON.stringify(JSON.stringify({ debrief: [lesson] }))});
       });`,
    );
    assert.deepEqual(await practice.lessons('all'), []);
    await practice.start('random', never);
    assert.equal((await over).incidentTitle, 'checkout');
    assert.deepEqual(await practice.lessons('all'), [lesson]);
    practice.stop();
  });
});
