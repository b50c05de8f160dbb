/** The list of incidents as a person works with it through a night: what it says, what it leaves out, what can be done in it. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPagerDuty, type PracticePagerDuty } from '../../src/practice/pagerduty/server.ts';
import type { StoredIncident } from '../../src/practice/pagerduty/store.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Theme, type Workbench } from '../support/vscode/browser.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';

const crashing = 'KubePodCrashLooping (checkout-7d9f5 shop production critical)';
const slow = 'Latency of the payment gateway is above 2 s for 10 minutes';
const expiring = 'Certificate expires in 6 days';
const lagging = 'Queue lag grows';
/** Milliseconds for something that the product has to work for. */
const patience = 60_000;

describe('The incident tree, as a person sees it', () => {
  let scratch: Scratch;
  let pagerduty: PracticePagerDuty;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  const raised = new Map<string, StoredIncident>();

  const stored = (title: string): StoredIncident => {
    const incident = raised.get(title);
    assert.ok(incident);
    return incident;
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const welcome = (text: string) => person.view.locator('.welcome-view-content', { hasText: text });
  /** An incident's own row, not one of those below it. */
  const row = (title: string) =>
    person.view.locator(
      `[role=treeitem]:is([aria-label^="${title}, triggered"], [aria-label^="${title}, acknowledged"])`,
    );
  const group = (name: string | RegExp) => person.view.getByRole('treeitem', { name });
  const badge = () =>
    workbench.page
      .locator('.activitybar')
      .getByRole('tab', { name: /^Oncall/ })
      .locator('.badge-content');
  const refresh = () => workbench.runCommand('Oncall: Refresh Incidents');

  before(async () => {
    scratch = await scratchFolder('tree');
    const folder = join(scratch.path, 'empty');
    await mkdir(folder);
    pagerduty = await startPagerDuty();
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment(),
      userSettings: {
        'oncall.pagerduty.baseUrl': pagerduty.baseUrl,
        // Only what the person does is to be seen.
        'oncall.pagerduty.pollIntervalSeconds': 600,
      },
      machineSettings: { 'oncall.kubernetes.kubeconfig': join(scratch.path, 'none') },
    });
    workbench = await openWorkbench(vscode);
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    person = new Person(workbench);
    await person.openIncidents();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await workbench?.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await pagerduty?.close();
    await scratch?.remove();
  });

  async function setToken(token: string): Promise<void> {
    await workbench.runCommand('Oncall: Set PagerDuty Token');
    await person.type(token);
  }

  /** Chooses from the context menu of an incident. */
  async function fromMenu(title: string, entry: string): Promise<void> {
    await row(title).click({ button: 'right' });
    const item = workbench.page.locator('.monaco-menu .action-label', { hasText: entry });
    // A menu takes no release of the button in the first tenth of a second.
    await item.click({ delay: 200 });
  }

  /** Goes to an incident's row by the arrow keys, and presses a key there. */
  async function press(title: string, key: string): Promise<void> {
    await person.view.locator('.monaco-list').first().focus();
    await workbench.page.keyboard.press('Home');
    await person.view.locator('.monaco-list-row.focused[data-index="0"]').waitFor();
    const index = Number(await row(title).getAttribute('data-index'));
    for (let at = 1; at <= index; at++) {
      await workbench.page.keyboard.press('ArrowDown');
      await person.view.locator(`.monaco-list-row.focused[data-index="${at}"]`).waitFor();
    }
    await workbench.page.keyboard.press(key);
  }

  async function confirm(answer: string): Promise<void> {
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByRole('button', { name: answer }).click();
    await question.waitFor({ state: 'detached' });
  }

  async function becomes(what: string, check: () => boolean): Promise<void> {
    await waitFor(what, () => Promise.resolve(check() || undefined), { timeoutMs: patience });
  }

  it('says in place of a list what is missing, and what to do about it', async () => {
    await welcome('Connect PagerDuty').getByText('Set PagerDuty Token').waitFor({ timeout: patience });
    await workbench.screenshot('tree-no-token');

    pagerduty.fail({ hang: true, path: '/incidents' });
    await setToken(pagerduty.oauthToken);
    await welcome('Asking PagerDuty for open incidents').waitFor();
    await becomes('PagerDuty was asked', () => pagerduty.requests.some(({ path }) => path === '/incidents'));

    // Three attempts are one request to whoever waits for it.
    pagerduty.fail({ drop: 'before', path: '/incidents', times: 3 });
    await setToken(pagerduty.token);
    await welcome('PagerDuty cannot be reached').getByText('Try Again').waitFor({ timeout: patience });
    await workbench.screenshot('tree-unreachable');

    pagerduty.fail({ status: 429, path: '/incidents', headers: { 'ratelimit-reset': '60' } });
    await welcome('PagerDuty cannot be reached').getByText('Try Again').click();
    await welcome('takes no more requests').getByText('Show Output').waitFor({ timeout: patience });
    await workbench.screenshot('tree-rate-limited');

    await refresh();
    await welcome('No open incidents.').getByText('Start Practice Incident').waitFor({ timeout: patience });
    assert.equal(await badge().isVisible(), false);
  });

  it('lists what is open, and counts what is triggered', async () => {
    const raise = (title: string, service: string, severity: 'critical' | 'warning', minutes: number) => {
      const details = { namespace: 'shop', deployment: 'checkout' };
      const createdAt = ago(minutes);
      const incident = pagerduty.raise({ summary: title, service, severity, details, createdAt });
      raised.set(title, incident);
      return incident;
    };
    pagerduty.store.resolve(raise(`[FIRING:1] ${crashing}`, 'checkout-api', 'critical', 3000), 'Robin Rota');
    const crash = raise(`[FIRING:1] ${crashing}`, 'checkout-api', 'critical', 14);
    raised.set(crashing, crash);
    pagerduty.store.addNote(crash, crash.assignee, 'Looks like the new release.');
    raise(slow, 'payments', 'warning', 130);
    const [robin, sam] = pagerduty.store.users;
    assert.ok(robin && sam);
    pagerduty.store.assign(raise(lagging, 'checkout-api', 'critical', 3), sam, robin);
    pagerduty.store.acknowledge(raise(expiring, 'gateway', 'warning', 5000), robin);
    await refresh();

    await row(crashing).waitFor({ timeout: patience });
    assert.deepEqual(await rows(), [
      'Triggered, 3 incidents',
      `${lagging}, triggered, high urgency, checkout-api, 3m`,
      `${crashing}, triggered, high urgency, checkout-api, 14m`,
      `${slow}, triggered, low urgency, payments, 2h`,
      'Acknowledged, 1 incident',
      `${expiring}, acknowledged, low urgency, gateway, 3d`,
    ]);
    await badge().filter({ hasText: '3' }).waitFor();
  });

  it('keeps age and service of every incident in sight, in a side bar as wide as it is at first', async () => {
    for (const theme of Object.keys(themes) as Theme[]) await workbench.screenshot('tree', theme);
    for (const [title, age, service] of [
      [crashing, /^1[4-9]m$/, 'checkout-api'],
      [slow, /^2h$/, 'payments'],
    ] as const) {
      const beside = row(title).locator('.label-description');
      const [begin, end] = (await beside.innerText()).split(/\s/);
      assert.match(begin ?? '', age);
      assert.ok(end?.startsWith(service.slice(0, 4)), end);
      const seen = await beside.evaluate((element) => {
        const { left, width } = element.getBoundingClientRect();
        const { right } = element.closest('.monaco-icon-label')?.getBoundingClientRect() ?? { right: 0 };
        return (right - left) / width;
      });
      // A wide font takes a letter or two.
      assert.ok(seen > 0.8, `${seen} of it is in sight`);
    }
    await workbench.useTheme('dark');
  });

  it('tells the rest in a tooltip', async () => {
    const tooltip = await person.pointAt(row(slow), slow);
    const text = await tooltip.innerText();
    for (const part of ['payments team', 'low urgency', 'Assigned to Robin Rota', 'Opened ', 'Number '])
      assert.ok(text.includes(part), `${part} is not in ${text}`);
    await workbench.screenshot('tree-tooltip');
    await person.handsOff();
  });

  it('groups by service and by urgency', async () => {
    await workbench.runCommand('Oncall: Group Incidents by Service');
    await group('checkout-api, 2 incidents').waitFor();
    assert.deepEqual(
      (await rows()).filter((row) => /\d incidents?$/.test(row)),
      ['checkout-api, 2 incidents', 'payments, 1 incident', 'gateway, 1 incident'],
    );
    await workbench.runCommand('Oncall: Group Incidents by Urgency');
    await group('High Urgency, 2 incidents').waitFor();
    await group('Low Urgency, 2 incidents').waitFor();
    await workbench.runCommand('Oncall: Group Incidents by Status');
    await group('Triggered, 3 incidents').waitFor();
  });

  it('leaves out what is not asked for, says so, and still counts it', async () => {
    const filtered = async (choice: string, ...titles: string[]) => {
      await press(titles[0] ?? '', 'Control+f');
      await person.choose(choice);
      const says = person.view.getByText(`(${titles.length} of 4)`);
      await says.waitFor();
      for (const title of titles) await row(title).waitFor();
      await badge().filter({ hasText: '3' }).waitFor();
      await person.view.locator('.action-label[aria-label^="Clear Incident Filter"]').first().click();
      await says.waitFor({ state: 'hidden' });
    };
    await filtered('Assigned to me', crashing, slow, expiring);
    await filtered('High urgency', crashing, lagging);
    await filtered('checkout-api team', crashing, lagging);
    await filtered('payments', slow);

    await press(slow, 'Control+f');
    await workbench.page.locator('.quick-input-widget input').fill('no such thing');
    await person.choose('in title, service, number or id');
    await welcome('No open incident matches the filter').waitFor();
    await workbench.screenshot('tree-filtered');
    await badge().filter({ hasText: '3' }).waitFor();
    await welcome('No open incident matches').getByText('Clear Filter').click();
    await row(slow).waitFor();
  });

  it('shows below an incident its target, alerts, notes, past incidents and runs', async () => {
    await person.handsOff();
    await press(crashing, 'ArrowRight');
    await group('Runs').waitFor();
    for (const section of ['Runs', 'Past Incidents', 'Notes', 'Alerts', 'Target']) {
      await group(section).first().click();
    }
    await group('Deployment checkout').first().waitFor({ timeout: patience });
    await group(/^Looks like the new release/).waitFor();
    await group('No runs yet').waitFor();
    await workbench.screenshot('tree-children');
    // What happened two days ago, by the same name.
    await group(/KubePodCrashLooping.*, 2d/).waitFor();
  });

  it('draws only the row again that has changed, and leaves what is open as it is', async () => {
    stored(slow).urgency = 'high';
    stored(slow).updatedAt = new Date().toISOString();
    const before = await person.view
      .getByRole('treeitem')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
    const redrawn = await watchRows();
    await refresh();
    await group(`${slow}, triggered, high urgency`).waitFor();
    await group(/^Looks like the new release/).waitFor();
    const touched = await redrawn();
    assert.ok(
      touched.some((row) => row.startsWith(slow)),
      touched.join('\n'),
    );
    // A row whose age has changed meanwhile is another one by its label.
    const incidents = before.filter((row) => row.startsWith(lagging) || row.startsWith('Certificate'));
    assert.equal(incidents.length, 2);
    assert.deepEqual(
      incidents.filter((row) => touched.includes(row)),
      [],
    );
    await person.handsOff();
    await press(crashing, 'ArrowLeft');
    await group('Runs').waitFor({ state: 'detached' });
  });

  it('offers everything that can be done with an incident', async () => {
    const it = row(crashing);
    await it.hover();
    assert.deepEqual(
      await it
        .locator('.action-label')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')?.replace(/ \(.*/, ''))),
      ['Remediate Incident', 'Acknowledge Incident', 'Open in PagerDuty'],
    );
    await it.click({ button: 'right' });
    await workbench.page.locator('.monaco-menu .action-label').first().waitFor();
    const offered = await workbench.page.locator('.monaco-menu .action-label').allInnerTexts();
    await workbench.screenshot('tree-menu');
    for (const wanted of [
      'Remediate',
      'Acknowledge',
      'Resolve',
      'Snooze',
      'Reassign',
      'Add Note',
      'Open',
      'Copy',
    ])
      assert.ok(
        offered.some((one) => one.startsWith(wanted)),
        `${wanted} is not in ${offered.join(', ')}`,
      );
    await workbench.page.keyboard.press('Escape');
  });

  it('does it by keyboard', async () => {
    await press(crashing, 'Control+Alt+c');
    await waitFor(
      'the link is in the clipboard',
      async () => {
        const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
        return text.endsWith(stored(crashing).id) || undefined;
      },
      { timeoutMs: patience },
    );
    const opened = workbench.page.context().waitForEvent('page', { timeout: patience });
    await press(crashing, 'Control+Alt+o');
    const page = await opened;
    assert.ok(page.url().endsWith(`/web/incidents/${stored(crashing).id}`), page.url());
    await page.close();

    await press(crashing, 'Control+Alt+k');
    await group(`${crashing}, acknowledged`).waitFor({ timeout: patience });
    assert.equal(stored(crashing).status, 'acknowledged');
    await person.view.locator(`.monaco-list-row.selected[aria-label^="${crashing}, acknowledged"]`).waitFor();
    await badge().filter({ hasText: '2' }).waitFor();

    await press(crashing, 'Control+Alt+s');
    await person.choose('1 hour');
    await becomes('it is snoozed', () => stored(crashing).snoozedUntil !== undefined);

    await press(crashing, 'Control+Alt+n');
    await person.type('Rolled back.');
    await becomes('the note is there', () => stored(crashing).notes.length === 2);

    await press(slow, 'Control+Alt+a');
    await person.choose('Sam Second');
    await confirm('Reassign');
    await becomes('it is reassigned', () => stored(slow).assignee.name === 'Sam Second');
  });

  it('marks an incident with what has become of its run', async () => {
    await press(lagging, 'Control+Enter');
    await group(/^Queue lag grows, triggered.*, run: could not go on$/).waitFor({
      timeout: patience,
    });
    await waitFor(
      'its row has a cross',
      () =>
        row(lagging).evaluate(
          (it) =>
            [...it.querySelectorAll('*')].some((one) =>
              getComputedStyle(one, '::after').content.includes('✗'),
            ) || undefined,
        ),
      { timeoutMs: patience },
    );
    await workbench.screenshot('tree-run');
  });

  it('has no number once nothing is triggered', async () => {
    for (const title of [slow, lagging]) {
      await fromMenu(title, 'Resolve Incident');
      await confirm('Resolve');
      await row(title).waitFor({ state: 'detached', timeout: patience });
    }
    await badge().waitFor({ state: 'hidden' });
  });

  /** What a screen reader says of each row, from top to bottom. */
  async function rows(): Promise<string[]> {
    const all = person.view.getByRole('treeitem');
    const found = await all.evaluateAll((elements) =>
      elements.map((element) => ({
        top: element.getBoundingClientRect().top,
        label: element.getAttribute('aria-label') ?? '',
      })),
    );
    return found.toSorted((a, b) => a.top - b.top).map(({ label }) => label);
  }

  /** Notes from now on which rows are drawn again. */
  async function watchRows(): Promise<() => Promise<string[]>> {
    await person.view.evaluate((view) => {
      const touched = new Set<string>();
      const rowOf = (node: Node) =>
        (node instanceof Element ? node : node.parentElement)
          ?.closest('[role=treeitem]')
          ?.getAttribute('aria-label');
      new MutationObserver((records) => {
        for (const { target, addedNodes } of records) {
          for (const node of [target, ...addedNodes]) touched.add(rowOf(node) ?? '');
        }
      }).observe(view, { subtree: true, childList: true, characterData: true });
      Object.assign(window, { touched });
    });
    return () => workbench.page.evaluate(() => [...(window as unknown as { touched: Set<string> }).touched]);
  }
});
