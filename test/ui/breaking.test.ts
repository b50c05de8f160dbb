/** Breaking a test cluster from the editor: somebody's own cluster, and no PagerDuty. The practice cluster stands in for it. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { namespaces } from '../../src/practice/objects.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

describe('Breaking a test cluster', () => {
  let scratch: Scratch;
  let cluster: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;

  before(async () => {
    scratch = await scratchFolder('breaking');
    const folder = join(scratch.path, 'empty');
    await mkdir(folder);
    cluster = await startPracticeGround(20);
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      machineSettings: {
        'oncall.kubernetes.kubeconfig': cluster.kubernetes.kubeconfig,
        'oncall.kubernetes.context': cluster.kubernetes.context,
      },
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        // The practice cluster can pull the shop's own images only.
        ONCALL_BREAK_IMAGE: 'docker.io/library/shop-checkout:1.4.2',
      }),
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
    await person.openIncidents();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await cluster?.close();
    await scratch?.remove();
  });

  const hasNamespace = async (): Promise<boolean> =>
    (await cluster.client.get(namespaces, undefined, 'oncall-practice')) !== undefined;

  it('takes the typed name of the context, makes the trouble, offers to remediate it without PagerDuty, and cleans up', async () => {
    await workbench.runCommand('Oncall: Break a Test Cluster');
    await person.choose('checkout restarts again and again after a rollout');
    const input = workbench.page.locator('.quick-input-widget input');
    await workbench.page.getByText('Things break in namespace oncall-practice of practice').waitFor();
    await input.fill('another');
    await workbench.page.getByText('The context is called practice.').waitFor();
    assert.equal(await hasNamespace(), false);
    await workbench.screenshot('break-confirming');
    await person.type('practice');

    const broken = person.notification('Broken in namespace oncall-practice of practice');
    await broken.waitFor({ timeout: 90_000 });
    assert.equal(await hasNamespace(), true);
    await workbench.screenshot('break-broken');
    await broken.getByText('Remediate').click();
    const panel = await person.planPanel('KubeDeploymentCrashLooping checkout (oncall-practice)');
    await panel.getByText('kubectl rollout undo deployment/checkout').first().waitFor({ timeout: 60_000 });
    assert.equal(await panel.locator('.badge.practice').count(), 0);

    await workbench.runCommand('Oncall: Clean Up the Test Cluster');
    await workbench.page.getByRole('button', { name: 'Delete Namespace' }).click();
    await person.notification('Namespace oncall-practice of practice is gone.').waitFor({ timeout: 60_000 });
    assert.equal(await hasNamespace(), false);
  });
});
