/** Practice in a VS Code in which nothing is set up: no account, no key, no cluster. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';

const title = 'KubeDeploymentCrashLooping checkout (shop)';
/** What is known of it beforehand. */
const page = 'checkout restarts again and again after a rollout';

describe('A rehearsal in a VS Code without any settings', () => {
  let scratch: Scratch;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  /** Where the practice process keeps its own folder. */
  let temporary: string;

  before(async () => {
    scratch = await scratchFolder('rehearsal');
    const folder = join(scratch.path, 'empty');
    temporary = join(scratch.path, 'temporary');
    await Promise.all([mkdir(folder), mkdir(temporary)]);
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment({
        PATH: [dirname(await ensureKubectl()), process.env['PATH']].join(delimiter),
        TMPDIR: temporary,
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
    await scratch?.remove();
  });

  it('goes from the palette to a verified fix and its debrief, is marked as practice throughout, and leaves nothing behind', async () => {
    await person.view.getByText('Connect PagerDuty to see your open incidents here.').waitFor();
    await workbench.runCommand('Oncall: Start Practice Incident');
    const list = workbench.page.locator('.quick-input-list');
    for (const entry of ['Surprise me', 'Game day', page]) await list.getByText(entry).waitFor();
    await workbench.screenshot('practice-choosing');
    await person.choose(page);
    await person.incident(title).waitFor({ timeout: 90_000 });
    await person.view
      .getByText('Practice: these incidents and their cluster are stand-ins on this machine.')
      .waitFor();
    await person.statusSays('Practice');
    const practiceFolder = await runningPractice();
    await workbench.runCommand('Oncall: Practice Debrief');
    await person.notification('what is behind one is told only then').waitFor();
    await person.clearNotifications();

    await person.remediate(title);
    const panel = await person.planPanel(title);
    await panel.locator('.badge.practice').waitFor();
    await panel.locator('.card.awaiting-approval').waitFor({ timeout: 60_000 });
    await workbench.screenshot('practice-running');
    await panel.getByText('Approve & Run').click();
    await panel.locator('.card.verified').waitFor({ timeout: 90_000 });
    const over = person.notification(`${title}" is over`);
    await over.waitFor({ timeout: 60_000 });
    await over.getByText('Show Debrief').click();
    const debrief = await workbench.webview('h1:text-is("Practice Debrief")');
    for (const part of [page, 'CrashLoopBackOff', 'Go back to the release before', 'kubectl rollout undo']) {
      await debrief.getByText(part).first().waitFor();
    }
    await workbench.screenshot('practice-debrief');
    const audit = await person.auditLog();
    await audit.locator('.badge.practice').first().waitFor();
    await person.outputShows('practice [');

    const server = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(
      await readFile(join(practiceFolder, 'kubeconfig'), 'utf8'),
    );
    assert.equal(await listens(Number(server?.[1])), true);
    await workbench.runCommand('Oncall: Stop Practice');
    await person.notification('Practice is over.').waitFor();
    await person.view.getByText('Connect PagerDuty to see your open incidents here.').waitFor();
    await waitFor('the practice process has cleared up', () => !existsSync(practiceFolder) || undefined, {
      timeoutMs: 30_000,
    });
    assert.equal(await listens(Number(server?.[1])), false);
    assert.equal(await workbench.page.locator('.statusbar-item', { hasText: 'Practice' }).count(), 0);
  });

  /** The folder that the practice process keeps while it runs. */
  async function runningPractice(): Promise<string> {
    const [name] = (await readdir(temporary)).filter((each) => each.startsWith('oncall-practice-'));
    assert.ok(name, 'no practice process runs');
    return join(temporary, name);
  }
});

/** Whether somebody takes connections on a port of this machine. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
