import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deployments, namespaces, pods } from '../../../../src/practice/objects.ts';
import { startPractice, type Practice } from '../../../../src/practice/practice.ts';
import { ensureKubectl } from '../../../support/vscode/install.ts';

const main = resolve(import.meta.dirname, '../../../../src/practice/main.ts');
/** The practice cluster can pull the shop's own images only. */
const image = 'docker.io/library/shop-checkout:1.4.2';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

describe('Breaking a test cluster, through the kubectl of its owner', function () {
  this.timeout(120_000);
  let practice: Practice;
  let directory: string;
  let kubectl: string;

  before(async () => {
    kubectl = await ensureKubectl();
    directory = await mkdtemp(join(tmpdir(), 'break-test-'));
    practice = await startPractice({ directory, speed: 50, report: () => undefined });
  });
  after(async () => {
    await practice.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs the command as a script does; `input` keeps stdin open until it is over. */
  const run = (...args: string[]): Promise<Ended> => {
    const child = spawn(process.execPath, [main, 'break', ...args, '--kubectl', kubectl], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: directory },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (output += text.toString()));
    return new Promise((done) => child.once('close', (code) => done({ code, output })));
  };
  const onPractice = (...args: string[]): Promise<Ended> =>
    run(...args, '--kubeconfig', practice.kubernetes.kubeconfig, '--context', 'practice');
  const confirmed = (...args: string[]): Promise<Ended> => onPractice(...args, '--yes-context', 'practice');
  const namespaceNames = async (): Promise<(string | undefined)[]> =>
    (await practice.client.list(namespaces)).map(({ metadata }) => metadata.name);

  it('touches nothing where the context is not there, is not confirmed, or calls itself production', async () => {
    const before = await namespaceNames();
    const kubeconfig = join(directory, 'production');
    const text = await readFile(practice.kubernetes.kubeconfig, 'utf8');
    await writeFile(
      kubeconfig,
      text.replaceAll('"practice"', '"eu-prod"').replaceAll(/: practice$/gm, ': eu-prod'),
    );
    const refusals = await Promise.all([
      run(
        'crashloop',
        '--kubeconfig',
        practice.kubernetes.kubeconfig,
        '--context',
        'kind',
        '--yes-context',
        'kind',
      ),
      onPractice('crashloop'),
      onPractice('crashloop', '--yes-context', 'practise'),
      onPractice('clean'),
      run('crashloop', '--kubeconfig', kubeconfig, '--context', 'eu-prod', '--yes-context', 'eu-prod'),
      run('crashloop', '--kubeconfig', join(directory, 'none'), '--context', 'practice'),
    ]);
    const reasons = [
      /no context kind; it has: practice/,
      /Nobody can be asked here/,
      /not practice/,
      /Nobody can be asked here/,
      /"eu-prod" has prod in its name/,
      /no context practice|cannot be read/,
    ];
    refusals.forEach(({ code, output }, index) => {
      assert.equal(code, 2, output);
      assert.match(output, reasons[index] ?? /never/);
    });
    assert.deepEqual(await namespaceNames(), before);
  });

  it('leaves a namespace alone that somebody else made, whatever is in it', async () => {
    await practice.client.create(namespaces, { metadata: { name: 'oncall-practice' } });
    for (const task of ['crashloop', 'clean']) {
      const { code, output } = await confirmed(task);
      assert.equal(code, 2, output);
      assert.match(output, /was not made here .* left alone/);
    }
    assert.deepEqual(await practice.client.list(deployments, { namespace: 'oncall-practice' }), []);
    await practice.client.delete(namespaces, undefined, 'oncall-practice');
  });

  it('makes the same trouble in its own namespace, says how to go on, and cleans up after itself', async () => {
    const before = await namespaceNames();
    const { code, output } = await confirmed('crashloop', '2', 'node-not-ready', '--image', image);
    assert.equal(code, 0, output);
    assert.match(output, /Skipped: 22 node-not-ready: it takes a machine away/);
    assert.match(output, /Broken: checkout restarts again and again/);
    assert.match(output, /Broken: catalog cannot pull its image/);
    assert.match(output, /events\.pagerduty\.com.*"dedup_key":"practice\/oncall-practice\/crashloop"/);
    assert.match(output, /break clean --context practice --kubeconfig/);
    assert.deepEqual(
      (await practice.client.list(namespaces))
        .filter(({ metadata }) => !before.includes(metadata.name))
        .map(({ metadata }) => [metadata.name, metadata.labels?.['app.kubernetes.io/managed-by']]),
      [['oncall-practice', 'oncall-practice']],
    );
    const found = await practice.client.list(pods, { namespace: 'oncall-practice' });
    const waiting = found.flatMap(({ status }) =>
      (status?.containerStatuses ?? []).map(({ state }) => state.waiting?.reason),
    );
    assert.ok(waiting.includes('ImagePullBackOff') || waiting.includes('ErrImagePull'), waiting.join());

    const cleaned = await confirmed('clean');
    assert.equal(cleaned.code, 0, cleaned.output);
    assert.deepEqual(await namespaceNames(), before);
    assert.match((await confirmed('clean')).output, /There is no namespace oncall-practice/);
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith('oncall-break-')),
      [],
    );
  });
});
