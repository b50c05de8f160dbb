/** What a person reads when something around the extension is wrong, and how they get on from there. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { freePorts } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode, type Settings } from '../support/vscode/server.ts';
import { bare, Person } from './person.ts';

const title = 'checkout is down';
/** Where the product looks for kubectl after the search path. */
const usualFolders = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/snap/bin'];

/** Two contexts of one cluster. */
const kubeconfig = (server: string) => `apiVersion: v1
kind: Config
current-context: staging
contexts:
  - { name: staging, context: { cluster: nowhere, user: me } }
  - { name: production, context: { cluster: nowhere, user: me } }
clusters:
  - { name: nowhere, cluster: { server: '${server}' } }
users:
  - { name: me, user: { token: none } }
`;

describe('Trouble, as a person sees it', () => {
  let scratch: Scratch;
  let pagerduty: PracticePagerDuty;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  let kubernetes: Settings;
  /** An address that nobody answers at. */
  let nowhere: string;

  before(async () => {
    scratch = await scratchFolder('trouble');
    pagerduty = await startPagerDuty();
    pagerduty.raise({ summary: title, details: { namespace: 'shop', deployment: 'checkout' } });
    nowhere = `https://127.0.0.1:${String((await freePorts(1))[0])}`;
    await writeFile(join(scratch.path, 'kubeconfig'), kubeconfig(nowhere));
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    kubernetes = {
      'oncall.kubernetes.kubeconfig': join(scratch.path, 'kubeconfig'),
      'oncall.kubernetes.context': 'staging',
      // On a machine that has a kubectl in a usual place it is always found: there only the setting can be wrong.
      ...(isInstalled() ? { 'oncall.kubernetes.kubectlPath': join(scratch.path, 'kubectl') } : {}),
    };
    vscode = await startVSCode({
      extensionPath: root,
      // With it, VS Code would not show notifications.
      smokeTestDriver: false,
      folder,
      env: testEnvironment({ PATH: folder, PAGERDUTY_API_TOKEN: pagerduty.token }),
      userSettings: {
        'oncall.mode': 'approval',
        'oncall.destructiveOperations.enabled': true,
        'oncall.pagerduty.baseUrl': pagerduty.baseUrl,
        'oncall.pagerduty.pollIntervalSeconds': 5,
      },
      machineSettings: kubernetes,
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
    await pagerduty?.close();
    await scratch?.remove();
  });

  const isInstalled = () => usualFolders.some((each) => existsSync(join(each, 'kubectl')));

  /** Changes the machine's settings and opens the window anew, as after installing or correcting something. */
  async function reopenWith(settings: Settings): Promise<void> {
    kubernetes = { ...kubernetes, ...settings };
    const file = join(dirname(dirname(vscode.userSettingsFile)), 'Machine/settings.json');
    await writeFile(file, JSON.stringify(kubernetes));
    await workbench.page.reload();
  }

  /** Remediates the incident and reads what comes of it, in plan panel and plan document. */
  async function failingRun(...says: readonly string[]): Promise<void> {
    await person.remediate(title);
    const outcome = (await person.planPanel(title)).locator('.outcome');
    const read = bare(await outcome.innerText({ timeout: 60_000 }));
    for (const part of says) assert.ok(read.includes(bare(part)), `${part} is not in ${read}`);
    await waitFor(
      'the plan document says it',
      async () => {
        const document = await person.planDocument();
        return says.every((part) => document.includes(bare(part))) || undefined;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Reads the notification of a run that could not even begin, and puts everything away. */
  async function toldAs(text: string): Promise<void> {
    await person.notification(text).getByText('Open Settings').waitFor();
    await person.clearNotifications();
    await person.closeEditors();
  }

  it('a wrong token is told once, however often it is tried, and "Set Token" gets on', async () => {
    const refused = () => pagerduty.requests.filter(({ path }) => path === '/incidents').length;
    await person.incident(title).waitFor({ timeout: 60_000 });
    await workbench.runCommand('Oncall: Set PagerDuty Token');
    await person.type('mistyped');
    const told = person.notification(/does not accept the API token/);
    await told.waitFor({ timeout: 60_000 });
    await person.view.getByText('PagerDuty does not accept the token').waitFor();
    for (let more = 0; more < 3; more++) {
      const before = refused();
      await workbench.runCommand('Oncall: Refresh Incidents');
      await waitFor('PagerDuty was asked again', () => refused() > before || undefined, {
        timeoutMs: 30_000,
      });
    }
    await person.outputShows('Asking PagerDuty for incidents');
    const lines = (await person.output()).split(bare('Asking PagerDuty for incidents')).length - 1;
    assert.equal(lines, 1);
    assert.equal(await workbench.page.locator('.notification-toast').count(), 1);

    await told.getByText('Set Token').click();
    await person.type(pagerduty.token);
    await person.incident(title).waitFor({ timeout: 60_000 });
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
  });

  it('a token that is refused for a while keeps the list, is said with its age, and passes by itself', async () => {
    const status = workbench.page.locator('.statusbar-item[id$="oncall.status"]');
    pagerduty.fail({
      status: 401,
      body: { error: { message: 'Authentication failed', code: 2006 } },
      times: 2,
    });
    const said = person.view.getByText(/Not current\. Token refused since .*401.*Set PagerDuty Token/);
    await said.waitFor({ timeout: 90_000 });
    assert.equal(await person.incident(title).isVisible(), true);
    const claimed = bare(await status.innerText());
    assert.match(claimed, /Tokenrefusedsince/);
    assert.match(claimed, /1at/);
    const told = person.notification(/does not accept the API token/);
    await told.getByText('Set Token').waitFor();
    await workbench.screenshot('token-refused');
    // Nobody does anything.
    await said.waitFor({ state: 'detached', timeout: 90_000 });
    assert.equal(await person.incident(title).isVisible(), true);
    assert.doesNotMatch(bare(await status.innerText()), /refused/);
    assert.equal(await workbench.page.locator('.notification-toast').count(), 1, 'it is told once');
    await person.clearNotifications();
  });

  it('a failing PagerDuty is said above the list that was read last, and passes by itself', async () => {
    pagerduty.fail({ status: 500, times: 4 });
    const said = person.view.getByText(/Not current\. No answer since .*500/);
    await said.waitFor({ timeout: 90_000 });
    assert.equal(await person.incident(title).isVisible(), true);
    await said.waitFor({ state: 'detached', timeout: 90_000 });
    assert.equal(await person.incident(title).isVisible(), true);
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
  });

  it('a missing kubectl is named with where to get it', async () => {
    const [what, next] = isInstalled()
      ? ['There is no kubectl that can be run at', 'Correct the setting']
      : ['No kubectl was found in', 'Install it'];
    await failingRun(what, next, 'https://kubernetes.io/docs/tasks/tools/');
    await toldAs(what);
  });

  it('a wrong context is named with the contexts that there are', async () => {
    await reopenWith({
      'oncall.kubernetes.kubectlPath': await ensureKubectl(),
      'oncall.kubernetes.context': 'prod',
    });
    await failingRun('has no context "prod"', 'There are: staging, production.');
    await toldAs('has no context "prod"');
  });

  it('a cluster that cannot be reached is named with its address', async () => {
    await reopenWith({ 'oncall.kubernetes.context': 'production' });
    await failingRun(
      `The API server ${nowhere} of context "production" cannot be reached: nothing listens there`,
      'Check the network or VPN',
    );
  });
});
