import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

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

  it('ends cleanly when it is asked to terminate', async () => {
    const { child, next } = start('--scenario', 'none');
    const { kubernetes } = await next<Ready>();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(existsSync(kubernetes.kubeconfig), false);
  });
});
