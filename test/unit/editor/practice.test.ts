import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOncallError } from '../../../src/domain/error.ts';
import { PracticeProcess, readReady, scenarioNamed } from '../../../src/editor/practice.ts';

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
    return {
      practice: new PracticeProcess({
        script,
        log: (line) => said.push(line),
        onFailed: failed.resolve,
        onLost: lost.resolve,
      }),
      said,
      lost: lost.promise,
      failed: failed.promise,
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

  it('knows its scenarios by name', () => {
    assert.equal(scenarioNamed('crashloop'), 'crashloop');
    assert.equal(scenarioNamed('toString'), undefined);
  });
});
