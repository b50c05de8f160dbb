import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, type ExecutionRequest } from '../../../src/remediation/execute.ts';
import { waitFor } from '../../support/processes.ts';

/** A program in the place of kubectl. Its first argument that names a behaviour decides what it does. */
const program = `#!${process.execPath}
const behaviour = process.argv.at(-1);
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
switch (behaviour) {
  case 'describe':
    process.stdin.on('end', () => console.log(JSON.stringify({ argv: process.argv.slice(2), env: process.env })));
    process.stdin.resume();
    break;
  case 'escapes':
    process.stdout.write('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07\\x1b]8;;http://evil\\x1b\\\\link\\x1b]8;;\\x1b\\\\\\n');
    process.stdout.write('one\\rtwo\\r\\nthree\\x08\\u202e\\tend\\n');
    break;
  case 'secret':
    console.log('password: hunter2hunter2');
    console.error('using ghp_' + 'a1B2'.repeat(9));
    break;
  case 'flood':
    for (let line = 0; line < 2000; line++) console.log('line ' + line + ' ' + 'x'.repeat(100));
    break;
  case 'longline':
    process.stdout.write('y'.repeat(100000));
    break;
  case 'hang':
    console.log('hanging');
    setInterval(() => {}, 1000);
    break;
  case 'stubborn':
    process.on('SIGTERM', () => {});
    console.log('hanging');
    setInterval(() => {}, 1000);
    break;
  case 'family': {
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('child ' + process.pid); setInterval(() => {}, 1000)"], { stdio: 'inherit' });
    setInterval(() => {}, 1000);
    break;
  }
  case 'leaves-a-child': {
    const child = spawn(process.execPath, ['-e', "console.log('child ' + process.pid); setTimeout(() => {}, 30000)"], { stdio: 'inherit', detached: true });
    setTimeout(() => process.exit(0), 300);
    break;
  }
  case 'speaks-after-its-end': {
    // Its child speaks once whoever waits for the process has taken note of its end.
    const child = "const gone = () => { try { process.kill(" + process.pid + ", 0); return false; } catch { return true; } };"
      + "setInterval(() => { if (gone()) { console.log('it has ended'); process.exit(0); } }, 5)";
    spawn(process.execPath, ['-e', child], { stdio: 'inherit', detached: true }).once('spawn', () => process.exit(0));
    break;
  }
  default:
    console.error(behaviour);
    process.exitCode = 1;
}
`;

describe('executing a command', () => {
  let folder: string;
  let kubectl: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oncall-execute-'));
    kubectl = join(folder, 'kubectl');
    await writeFile(kubectl, program, { mode: 0o755 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function run(behaviour: string, more: Partial<ExecutionRequest> = {}) {
    return execute({
      kubectl,
      kubeconfig: '/home/ada/.kube/config',
      context: 'prod',
      namespace: 'shop',
      argv: ['kubectl', 'get', behaviour],
      timeoutMs: 20_000,
      ...more,
    });
  }

  it('pins kubeconfig, context and namespace before the words of the command, which pass to the letter', async () => {
    const result = await run('describe', {
      argv: ['kubectl', 'get', '$(id)', '; rm -rf /', "it's", '', 'describe'],
    });
    assert.equal(result.exitCode, 0);
    assert.equal(result.failure, undefined);
    assert.deepEqual(JSON.parse(result.output).argv, [
      '--kubeconfig',
      '/home/ada/.kube/config',
      '--context',
      'prod',
      '--namespace',
      'shop',
      'get',
      '$(id)',
      '; rm -rf /',
      "it's",
      '',
      'describe',
    ]);
  });

  it('gives the process a cleaned environment and nothing on its standard input', async () => {
    const env = {
      ...process.env,
      HOME: '/home/ada',
      KUBECONFIG: '/evil',
      LD_PRELOAD: '/evil.so',
      NODE_OPTIONS: '--evil',
    };
    const seen = JSON.parse((await run('describe', { env })).output).env;
    assert.equal(seen.HOME, '/home/ada');
    assert.equal(seen.KUBERC, 'off');
    for (const name of ['KUBECONFIG', 'LD_PRELOAD', 'NODE_OPTIONS'])
      assert.equal(seen[name], undefined, name);
  });

  it('hands over on standard input what the command is to read there', async () => {
    const cat = join(folder, 'cat');
    await writeFile(cat, '#!/bin/sh\ncat\n', { mode: 0o755 });
    assert.equal((await run('-', { kubectl: cat, input: 'kind: Pod\n' })).output, 'kind: Pod\n');
    const deaf = join(folder, 'deaf');
    await writeFile(deaf, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    assert.equal((await run('-', { kubectl: deaf, input: 'x'.repeat(1024 * 1024) })).exitCode, 0);
  });

  it('passes each line on without terminal escapes, control characters and hidden marks', async () => {
    const lines: string[] = [];
    const result = await run('escapes', { onLine: (stream, line) => lines.push(`${stream}: ${line}`) });
    assert.deepEqual(lines, ['stdout: red link', 'stdout: one', 'stdout: two', 'stdout: three\tend']);
    assert.equal(result.output, 'red link\none\ntwo\nthree\tend\n');
  });

  it('takes credentials out of the lines and of the output', async () => {
    const lines: string[] = [];
    const result = await run('secret', { onLine: (_stream, line) => lines.push(line) });
    for (const text of [lines.join('\n'), result.output]) {
      assert.doesNotMatch(text, /hunter2|ghp_/);
      assert.match(text, /password: \[redacted/);
    }
  });

  it('keeps only as much output as it may, and says so, but passes all of it on', async () => {
    let lines = 0;
    const result = await run('flood', { maxOutputBytes: 5000, onLine: () => lines++ });
    assert.equal(lines, 2000);
    assert.equal(result.truncated, true);
    assert(Buffer.byteLength(result.output) <= 5000);
    assert(result.output.startsWith('line 0 '));
  });

  it('cuts a line that does not end', async () => {
    const lines: string[] = [];
    await run('longline', { onLine: (_stream, line) => lines.push(line) });
    assert.equal(lines.length, 1);
    assert((lines[0]?.length ?? 0) < 5000);
  });

  const complaints: [string, string][] = [
    ['Error from server (NotFound): deployments.apps "checkout" not found', 'not-found'],
    [
      'Error from server (Forbidden): deployments.apps is forbidden: User "ada" cannot patch resource "deployments"',
      'forbidden',
    ],
    ['Error from server (Forbidden): pods "x" is forbidden: exceeded quota: compute', 'quota'],
    ['error: unable to drain node: Cannot evict pod as it would violate the disruption budget.', 'refused'],
    ['error: You must be logged in to the server (Unauthorized)', 'forbidden'],
    ['Error from server (Conflict): Operation cannot be fulfilled: the object has been modified', 'conflict'],
    [
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      'unreachable',
    ],
    ['Unable to connect to the server: dial tcp 127.0.0.1:1: i/o timeout', 'unreachable'],
    ['The Deployment "checkout" is invalid: spec.replicas: Invalid value: -1', 'refused'],
    ['error: something else altogether', 'failed'],
  ];
  for (const [said, kind] of complaints) {
    it(`explains a failure (${kind}): ${said.slice(0, 60)}`, async () => {
      const result = await run(said);
      assert.equal(result.exitCode, 1);
      assert.equal(result.failure?.kind, kind);
      assert.equal(result.failure?.message, said.replace(/^error: /, ''));
      assert.notEqual(result.failure?.next, '');
    });
  }

  /** Aborts once the program has said something. */
  function cancelOnFirstLine(): Partial<ExecutionRequest> & { lines: string[] } {
    const controller = new AbortController();
    const lines: string[] = [];
    return {
      lines,
      signal: controller.signal,
      onLine: (_stream, line) => {
        lines.push(line);
        controller.abort();
      },
    };
  }

  it('ends the process on cancel, and says that it may have taken effect', async () => {
    const result = await run('hang', cancelOnFirstLine());
    assert.equal(result.failure?.kind, 'cancelled');
    assert.match(result.failure?.message ?? '', /may have taken effect/);
    assert.equal(result.exitCode, -1);
    assert.equal(result.output, 'hanging\n');
  });

  it('kills a process that does not heed being told to end', async () => {
    const result = await run('stubborn', { ...cancelOnFirstLine(), killAfterMs: 100 });
    assert.equal(result.failure?.kind, 'cancelled');
  });

  it('ends what the process started, too', async () => {
    const request = cancelOnFirstLine();
    await run('family', { ...request, killAfterMs: 100 });
    const pid = Number(request.lines[0]?.replace('child ', ''));
    assert(pid > 0);
    // Who was killed is there until it is taken notice of.
    await waitFor('the child is gone', async () => !(await isRunning(pid)) || undefined, {
      timeoutMs: 30_000,
      everyMs: 10,
    });
  });

  it('does not wait for what the process left behind', async () => {
    const result = await run('leaves-a-child');
    try {
      assert.equal(result.exitCode, 0);
      assert.equal(result.failure, undefined);
      assert(result.durationMs < 10_000);
    } finally {
      process.kill(Number(result.output.replace('child ', '')));
    }
  });

  it('says how a process ended by itself, although it was cancelled right afterwards', async () => {
    const request = cancelOnFirstLine();
    const result = await run('speaks-after-its-end', request);
    assert.deepEqual(request.lines, ['it has ended']);
    assert.equal(result.exitCode, 0);
    assert.equal(result.failure, undefined);
  });

  it('loses nothing of what a process wrote while the host was busy for long', async () => {
    const late = join(folder, 'late');
    const script =
      '#!/bin/sh\nfor last; do :; done\nsleep "$last"\necho "User \\"ada\\" cannot patch" >&2\nexit 1\n';
    await writeFile(late, script, { mode: 0o755 });
    const busy = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    const failures = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const seconds = String(0.3 + index * 0.05);
        const result = await run(seconds, { kubectl: late, timeoutMs: 120_000, onLine: () => busy(100) });
        busy(520);
        return result.failure?.kind;
      }),
    );
    assert.deepEqual(new Set(failures), new Set(['forbidden']));
  }).timeout(180_000);

  it('ends a process that takes longer than it may', async () => {
    const result = await run('hang', { timeoutMs: 400 });
    assert.equal(result.failure?.kind, 'timeout');
    assert.match(result.failure?.message ?? '', /within 0\.4 s/);
    assert.equal(result.exitCode, -1);
  });

  it('starts nothing once it is cancelled', async () => {
    const result = await run('describe', { signal: AbortSignal.abort() });
    assert.equal(result.failure?.kind, 'cancelled');
    assert.equal(result.failure?.next, 'Nothing was changed.');
    assert.equal(result.output, '');
  });

  it('says so when kubectl cannot be started', async () => {
    const result = await run('describe', { kubectl: join(folder, 'missing') });
    assert.equal(result.exitCode, -1);
    assert.equal(result.failure?.kind, 'failed');
    assert.match(result.failure?.message ?? '', /missing could not be started \(ENOENT\)/);
    assert.match(result.failure?.next ?? '', /oncall\.kubernetes\.kubectlPath/);
  });
});

/** Whether a process runs; one that has ended and was not reaped yet does not. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
