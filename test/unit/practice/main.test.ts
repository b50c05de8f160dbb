import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { parse } from 'yaml';
import { clientFromKubeconfig } from '../../../src/practice/client.ts';
import { wallClock } from '../../../src/practice/clock.ts';
import { carryOut } from '../../../src/practice/scenarios/play.ts';
import { scenarioNamed } from '../../../src/practice/scenarios/scenarios.ts';

const main = resolve(import.meta.dirname, '../../../src/practice/main.ts');

interface Ready {
  ready: boolean;
  pagerduty: { baseUrl: string; eventsUrl: string; token: string; routingKey: string };
  kubernetes: { kubeconfig: string; context: string };
}

describe('the practice process', () => {
  const children: ChildProcessByStdio<Writable, Readable, null>[] = [];
  const start = (...options: string[]) => {
    const child = spawn(process.execPath, [main, '--speed', '50', ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async <T>(): Promise<T> => JSON.parse((await lines.next()).value as string) as T;
    return { child, next };
  };
  after(() => {
    for (const child of children) child.kill();
  });

  it('says where everything is once the incident fires, plays more on demand, and leaves nothing behind', async () => {
    const { child, next } = start('--scenario', 'service-down');
    const { ready, pagerduty, kubernetes } = await next<Ready>();
    assert.equal(ready, true);
    assert.equal(kubernetes.context, 'practice');
    assert.equal(statSync(kubernetes.kubeconfig).mode & 0o077, 0);
    assert.equal(statSync(dirname(kubernetes.kubeconfig)).mode & 0o077, 0);
    const answer = await fetch(`${pagerduty.baseUrl}/incidents?statuses[]=triggered`, {
      headers: {
        authorization: `Token token=${pagerduty.token}`,
        accept: 'application/vnd.pagerduty+json;version=2',
        'content-type': 'application/json',
      },
    });
    assert.equal(((await answer.json()) as { incidents: unknown[] }).incidents.length, 1);

    child.stdin.write('{"play":"nothing-wrong"}\n');
    assert.deepEqual(await next(), { played: 'nothing-wrong' });
    child.stdin.write('{"play":"flood"}\n');
    assert.equal((await next<{ failed: string }>()).failed, 'flood');

    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(existsSync(dirname(kubernetes.kubeconfig)), false);
  });

  it('lists what there is to rehearse without giving a cause away', async () => {
    const child = spawn(process.execPath, [main, 'list'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { scenarios } = JSON.parse((await lines.next()).value as string) as { scenarios: object[] };
    assert.ok(scenarios.length > 5);
    for (const one of scenarios)
      assert.deepEqual(Object.keys(one), ['number', 'name', 'title', 'difficulty']);
  });

  it('ends an alarm once its trouble is over, and tells the truth about it only then', async () => {
    const { child, next } = start('--scenario', '1', '--end-alarms');
    const { kubernetes } = await next<Ready>();
    child.stdin.write('{"debrief":"ended"}\n');
    assert.deepEqual(await next(), { debrief: [] });

    const config: unknown = parse(readFileSync(kubernetes.kubeconfig, 'utf8'));
    const client = clientFromKubeconfig(JSON.stringify(config));
    const scenario = scenarioNamed('crashloop');
    const stage = { client, clock: wallClock(50), signal: AbortSignal.timeout(50_000) };
    for (const deed of scenario.fixes[0]?.deeds ?? []) await carryOut(scenario, stage, deed);
    client.close();

    const { ended } = await next<{ ended: { incidentId: string; incidentTitle: string } }>();
    assert.match(ended.incidentTitle, /checkout/);
    child.stdin.write('{"debrief":"ended"}\n');
    const { debrief } = await next<{ debrief: Record<string, unknown>[] }>();
    assert.equal(debrief.length, 1);
    assert.equal(debrief[0]?.['incidentId'], ended.incidentId);
    assert.equal(debrief[0]['teaches'], scenario.teaches);
    assert.deepEqual(debrief[0]['fixes'], [
      { says: scenario.fixes[0]?.says, command: scenario.fixes[0]?.command?.source },
    ]);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('ends cleanly when it is asked to terminate', async () => {
    const { child, next } = start('--scenario', 'none');
    const { kubernetes } = await next<Ready>();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(existsSync(kubernetes.kubeconfig), false);
  });
});
