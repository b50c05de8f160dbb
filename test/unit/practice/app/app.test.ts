import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  baseMegabytes,
  behave,
  entrypoint,
  entrypointScript,
  imageExists,
  images,
} from '../../../../src/practice/app.ts';

describe('the practice application', () => {
  it('exits with code 1 and says why when the database URL is none of postgres', () => {
    const behaviour = behave({ environment: { DATABASE_URL: 'mysql://db:3306/shop' } });
    assert.equal(behaviour.outcome, 'exits');
    assert.equal(behaviour.outcome === 'exits' && behaviour.exitCode, 1);
    assert.match(behaviour.lines.join('\n'), /FATAL .*DATABASE_URL must begin with postgres:\/\//);
  });

  it('does not print what is behind the scheme of a database URL: it may hold a password', () => {
    const behaviour = behave({ environment: { DATABASE_URL: 'mysql://shop:hunter2@db/shop' } });
    assert.doesNotMatch(behaviour.lines.join('\n'), /hunter2/);
  });

  it('runs out of memory exactly when cache and base together exceed the limit', () => {
    const megabyte = 2 ** 20;
    const at = (limit: number) => behave({ environment: { CACHE_MB: '180' }, memoryLimit: limit * megabyte });
    assert.equal(at(128).outcome, 'out-of-memory');
    assert.equal(at(180 + baseMegabytes - 1).outcome, 'out-of-memory');
    assert.equal(at(180 + baseMegabytes).outcome, 'serves');
    assert.equal(behave({ environment: { CACHE_MB: '180' } }).outcome, 'serves');
  });

  it('answers on the port that it is told, 8080 otherwise', () => {
    assert.equal((behave({ environment: {} }) as { port: number }).port, 8080);
    assert.equal((behave({ environment: { PORT: '9090' } }) as { port: number }).port, 9090);
  });

  it('does a task in place of serving where its arguments name one, after its own program or after none', () => {
    const args = ['export', '--format=csv'];
    for (const given of [{ args }, { command: [entrypoint], args }, { command: [entrypoint, ...args] }]) {
      const behaviour = behave({ environment: {}, ...given });
      assert.equal(behaviour.outcome === 'exits' && behaviour.exitCode, 0);
    }
  });

  it('says which formats and tasks there are when asked for another', () => {
    const said = (...args: string[]) => behave({ environment: {}, args }).lines.join();
    assert.match(said('export', '--format=cvs'), /"cvs": the formats are csv and json/);
    assert.match(said('exprot'), /"exprot": the tasks are migrate and export/);
  });

  it('cannot be started by a program that is not in its images', () => {
    const message = (program: string): string => {
      const behaviour = behave({ environment: {}, command: [program, 'migrate'] });
      return behaviour.outcome === 'cannot-start' ? behaviour.message : '';
    };
    assert.match(message('migrat'), /exec: "migrat": executable file not found in \$PATH: unknown$/);
    assert.match(message('/migrat'), /exec: "\/migrat": stat \/migrat: no such file or directory: unknown$/);
  });

  it('has its images under short and full names, and no others', () => {
    for (const image of images) {
      assert.ok(imageExists(image));
      assert.ok(imageExists(image.replace('docker.io/library/', '')));
      assert.ok(!imageExists(`${image}-typo`));
    }
    assert.ok(!imageExists('registry.example:5000/shop-cart:1.9.0'));
    assert.ok(!imageExists('shop-cart'));
  });

  describe('as a shell script in a real container', () => {
    const root = mkdtempSync(join(tmpdir(), 'practice-app-'));
    const bin = join(root, 'bin');
    const limitFile = join(root, 'cgroup', 'memory.max');
    // What the script would run last is replaced by something that says so.
    const script = entrypointScript
      .replaceAll('/sys/fs/cgroup', join(root, 'cgroup'))
      .replaceAll('/www', join(root, 'www'));

    before(() => {
      mkdirSync(bin);
      mkdirSync(join(root, 'cgroup'));
      for (const [name, body] of Object.entries({
        httpd: 'echo "RUNS httpd $*"',
        tail: 'echo "RUNS tail $*"',
      })) {
        writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
        chmodSync(join(bin, name), 0o755);
      }
    });
    after(() => {
      rmSync(root, { recursive: true, force: true });
    });

    const run = (environment: Record<string, string>, limit: string, args: readonly string[] = []) => {
      writeFileSync(limitFile, `${limit}\n`);
      const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
      return spawnSync('/bin/sh', ['-c', script, entrypoint, ...args], {
        env: { ...environment, PATH },
        encoding: 'utf8',
      });
    };

    it('prints and does what the simulated application does', () => {
      const environments = fc.record(
        {
          DATABASE_URL: fc.constantFrom('postgres://db/shop', 'mysql://db/shop', 'nonsense', ''),
          CACHE_MB: fc.constantFrom('0', '64', '180', 'many', ''),
          PORT: fc.constantFrom('8080', '9090'),
          LOG_LINES: fc.constantFrom('a review: "50% off" $HOME', 'two\nlines with \\n in them', ''),
        },
        { requiredKeys: [] },
      );
      const limits = fc.constantFrom('max', String(128 * 2 ** 20), String(256 * 2 ** 20));
      fc.assert(
        fc.property(environments, limits, (environment, limit) => {
          const memoryLimit = limit === 'max' ? undefined : Number(limit);
          const expected = behave({ environment, memoryLimit });
          const { status, stdout } = run(environment, limit);
          const lines = stdout.trimEnd().split('\n');
          const last =
            expected.outcome === 'serves'
              ? [`RUNS httpd -f -p ${String(expected.port)} -h ${join(root, 'www')}`]
              : expected.outcome === 'out-of-memory'
                ? ['RUNS tail /dev/zero']
                : [];
          assert.deepEqual(lines, [...expected.lines, ...last]);
          assert.equal(status, expected.outcome === 'exits' ? expected.exitCode : 0);
        }),
        { numRuns: 30 },
      );
    });

    it('does the tasks that the simulated application does, and refuses the others alike', () => {
      const all = [
        ['migrate'],
        ['migrat'],
        ['export'],
        ['export', '--format=csv'],
        ['export', '--format=json'],
        ['export', '--format=cvs'],
        ['export', '--format='],
        ['export', 'csv'],
      ];
      for (const args of all) {
        const expected = behave({ environment: {}, args });
        const { status, stdout } = run({}, 'max', args);
        assert.deepEqual(stdout.trimEnd().split('\n'), expected.lines, args.join(' '));
        assert.equal(status, expected.outcome === 'exits' && expected.exitCode, args.join(' '));
      }
    });
  });
});
