/** The audit log panel in a real VS Code, over a journal of some days: what is listed, found, opened, drawn, exported and checked. */
import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Step } from '../../src/domain/plan.ts';
import { expectNoSeriousFault } from '../support/axe.ts';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { waitFor } from '../support/processes.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, themes, type Theme, type Workbench } from '../support/vscode/browser.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { timed, writeJournal } from '../support/written-journal.ts';
import {
  ada,
  agent,
  executionFinished,
  executionStarted,
  fresh,
  resolvedRun,
  started,
  step,
  verificationFinished,
} from '../unit/journal/records.ts';
import { Person } from './person.ts';

const runs = 230;
const stray = '=HYPERLINK("http://192.0.2.1/","checkout, down")';

/** A run that failed, and waits for nothing. @param edited whether its command was proposed with 2 replicas and edited by ada */
function failedRun(edited = false) {
  const one = step('s1', {
    command: 'kubectl scale deployment/ledger --replicas=3 -n shop',
    argv: ['kubectl', 'scale', 'deployment/ledger', '--replicas=3', '-n', 'shop'],
    risk: { ...step('s1').risk, riskLevel: 'high', reason: 'It scales the ledger.' },
    confidence: 0.91,
  });
  const argv = ['kubectl', 'scale', 'deployment/ledger', '--replicas=2', '-n', 'shop'];
  const proposed: Step = { ...one, argv, command: argv.join(' '), proposedBy: 'rules' };
  return [
    started(),
    ...(edited
      ? [
          fresh('Planned', { steps: [proposed] }),
          fresh('StepReplaced', { step: one, why: 'edited' }, { actor: ada }),
        ]
      : [fresh('Planned', { steps: [one] })]),
    fresh('Approved', { stepId: 's1', argvHash: one.argvHash }, { actor: { type: 'user', name: 'grace' } }),
    executionStarted(one),
    executionFinished('s1'),
    fresh('VerificationStarted', { stepId: 's1' }),
    verificationFinished('s1', false, 'ReplicasUnavailable is still there'),
    fresh('RunEnded', { status: 'unresolved', message: 'Not over' }),
  ];
}

/** Some hundred runs over six weeks, the newest ones told to PagerDuty. */
async function history(directory: string): Promise<void> {
  const records = [];
  for (let run = 0; run < runs; run++) {
    const begin = new Date(Date.UTC(2026, 8, 20) + run * 4 * 3600_000).toISOString();
    const more = { runId: `run-${run}`, incidentId: `Q${run}` };
    const title = run === 7 ? stray : `checkout is down (${run})`;
    const all = (
      run % 9 === 3
        ? failedRun(run === runs - 2)
        : resolvedRun(step('s1', { confidence: 0.7 + (run % 30) / 100 }))
    ).map((record) =>
      record.type === 'RunStarted'
        ? { ...record, data: { ...record.data, alert: { ...record.data.alert, title } } }
        : record,
    );
    records.push(
      ...timed(
        all.map((record) => ({ ...record, ...more })),
        begin,
        4000 + (run % 17) * 3000,
      ),
    );
  }
  const to = 'https://api.pagerduty.com';
  const last = { runId: `run-${runs - 1}`, incidentId: `Q${runs - 1}` };
  const told = [
    fresh('WriteBackWanted', { id: 'w1', kind: 'acknowledge', to, window: 'w' }, { ...last, actor: ada }),
    fresh(
      'WriteBackDone',
      { id: 'w1', kind: 'acknowledge', outcome: 'written', message: 'Acknowledged' },
      last,
    ),
    fresh('WriteBackWanted', { id: 'w2', kind: 'note', to, window: 'w' }, { ...last, actor: agent }),
  ];
  records.push(...timed(told, new Date(Date.UTC(2026, 8, 20) + runs * 4 * 3600_000).toISOString()));
  await writeJournal(directory, 'abcdef-1-0000', records);
}

describe('The audit log panel', () => {
  let scratch: Scratch;
  let journal: string;
  let vscode: RunningVSCode;
  let workbench: Workbench;
  let person: Person;
  let panel: Frame;

  before(async () => {
    scratch = await scratchFolder('audit-panel');
    journal = join(scratch.path, 'journal');
    const folder = join(scratch.path, 'shop');
    await mkdir(folder);
    await history(journal);
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: false,
      folder,
      env: testEnvironment(),
      userSettings: { 'workbench.colorTheme': themes.dark, 'files.simpleDialog.enable': true },
      machineSettings: { 'oncall.audit.directory': journal },
    });
    workbench = await openWorkbench(vscode);
    person = new Person(workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && workbench !== undefined) {
      await workbench.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`);
    }
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await scratch?.remove();
  });

  const list = () => panel.locator('.entries > tbody');
  const field = (label: string) =>
    panel
      .locator('.filters label', { has: panel.locator(`span:text-is("${label}")`) })
      .locator('input, select');
  const says = (text: string | RegExp) =>
    panel.locator('.count', { hasText: text }).waitFor({ timeout: 30_000 });

  /** Waits until so many lines are listed. */
  const entries = (count: number) =>
    waitFor(
      `${count} entries are listed`,
      async () => ((await list().count()) === count ? true : undefined),
      {
        timeoutMs: 60_000,
      },
    );

  it('begins with the newest page, what PagerDuty was told and what waits to be sent among it', async () => {
    await person.openIncidents();
    panel = await person.auditLog();
    await entries(100);
    await says('100 entries shown');
    assert.match(await list().nth(0).innerText(), /waiting[^]*Write a note to PagerDuty/);
    assert.match(await list().nth(1).innerText(), /written[^]*Acknowledge the incident in PagerDuty/);
    assert.match(await list().nth(2).innerText(), /checkout is down \(229\)/);
  });

  it('shows the next page, and in the end all', async () => {
    await panel.getByText('Show More').click();
    await entries(200);
    await panel.getByText('Show More').click();
    await entries(runs + 2);
    await says(`${runs + 2} entries in all`);
  });

  it('finds in all of it: by outcome, risk, person, text, incident and days', async () => {
    await field('Outcome').selectOption('failed');
    await says('26 entries match');
    await field('Risk').selectOption('low');
    await panel.getByText('Nothing in the journal matches these filters.').waitFor();
    await panel.locator('.empty').getByText('Clear Filters').click();
    await says('100 entries shown');
    await field('Person').fill('GRACE');
    await says('26 entries match');
    await field('Person').fill('');
    await field('Text').fill('still there');
    await says('26 entries match');
    await field('Text').fill('');
    await field('Incident').fill('Q17');
    await says('11 entries match');
    await field('Incident').fill('');
    await field('From').fill('2026-09-21');
    await field('To').fill('2026-09-22');
    await says('12 entries match');
    await field('Context').fill('staging');
    await says('0 entries match');
    await panel.locator('.clear').click();
    await says('100 entries shown');
  });

  it('is walked with the keyboard, and Enter opens the details', async () => {
    const first = list().nth(0).locator('button.command');
    await first.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await panel.page().keyboard.press(key);
    const details = list().nth(2).locator('.details');
    await details.waitFor();
    const text = await details.innerText();
    for (const part of [
      /Verification\s+verified: 2 of 2 replicas ready/,
      /Undo\s+kubectl x/,
      /Transport\s+kubectl/,
      /Approved by\s+ada/,
      /Exit code\s+0/,
      /rolled back/,
    ]) {
      assert.match(text, part);
    }
    await panel.page().keyboard.press('End');
    assert.equal(await list().nth(99).locator('button.command:focus').count(), 1);
    await panel.page().keyboard.press('Home');
    assert.equal(await first.evaluate((button) => button === button.ownerDocument.activeElement), true);
  });

  it('tells who proposed an edited command, who edited it and when, and no confidence', async () => {
    const line = list().nth(3);
    await line.locator('button.command').click();
    const text = await line.locator('.details').innerText();
    assert.match(
      text,
      /Proposed by\s+the built-in rules\s+Proposed\s+kubectl scale deployment\/ledger --replicas=2 -n shop\s+Edited by ada at .*\s+kubectl scale deployment\/ledger --replicas=3 -n shop/,
    );
    assert.match(text, /Confidence\s+edited by ada: no confidence/);
    await workbench.screenshot('audit-edited', 'light');
    await workbench.screenshot('audit-edited', 'dark');
    await line.locator('button.command').click();
  });

  it('keeps what was asked for, what is open and the place over a tab switch', async () => {
    await field('Person').fill('ada');
    await says('100 entries shown');
    await panel.evaluate(() => window.scrollTo(0, 700));
    await waitFor(
      'the place is kept',
      async () => ((await panel.evaluate(() => window.scrollY)) > 600 ? true : undefined),
      {
        timeoutMs: 10_000,
      },
    );
    await workbench.runCommand('File: New Untitled Text File');
    await person.tab('Untitled').waitFor();
    await workbench.page.locator('.tab', { hasText: 'Audit Log' }).click();
    panel = await workbench.webview('h1:text-is("Audit Log") >> visible=true');
    await says('100 entries shown');
    assert.equal(await field('Person').inputValue(), 'ada');
    await list().locator('.details').first().waitFor();
    await waitFor(
      'it is at its place',
      async () => ((await panel.evaluate(() => window.scrollY)) > 600 ? true : undefined),
      {
        timeoutMs: 10_000,
      },
    );
    await panel.locator('.clear').click();
    await says('100 entries shown');
  });

  it('finds what another window wrote since it was opened', async () => {
    const now = resolvedRun(step('s1')).map((record) => ({ ...record, runId: 'new', incidentId: 'QNEW' }));
    await writeJournal(journal, 'abcdef-2-0000', timed(now, '2026-11-01T10:00:00.000Z'));
    await field('Incident').fill('QNEW');
    await says('1 entry matches');
    await panel.locator('.clear').click();
    await says('100 entries shown');
  });

  it('draws what became of steps, how long it took and how far confidence can be trusted, with the numbers', async () => {
    await panel.locator('.charts > summary').click();
    await panel.getByText('The charts show everything').waitFor({ timeout: 30_000 });
    await panel.locator('.plot.outcomes canvas').waitFor();
    await panel.locator('.plot.mitigations canvas').waitFor();
    await panel.locator('.reliability > summary').click();
    await panel.locator('.said-true').waitFor();
    await panel.locator('.outcomes ~ .numbers > summary').click();
    assert.match(await panel.locator('.outcomes ~ .numbers').innerText(), /2026-09-21\s+6\s+0\s+0\s+0/);
    const before = await panel
      .locator('.plot.outcomes canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.screenshot('audit-charts', theme);
      await expectNoSeriousFault(panel);
    }
    const after = await panel
      .locator('.plot.outcomes canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    assert.notEqual(after, before, 'the charts are drawn anew in the colours of another theme');
    await panel.locator('.charts > summary').click();
  });

  it('says whether the chains hold, and which line was changed', async () => {
    await panel.getByText('Verify Audit Log').click();
    await panel.locator('.chain.intact', { hasText: /Whole at .*2262 records/ }).waitFor({ timeout: 30_000 });
    const [file = ''] = (await readdir(journal)).sort();
    const whole = await readFile(join(journal, file));
    await appendFile(join(journal, file), '{"forged":true}\n');
    await panel.getByText('Verify Audit Log').click();
    await panel.locator('.chain.broken', { hasText: `${file}, line` }).waitFor({ timeout: 30_000 });
    await rm(join(journal, file));
    await appendFile(join(journal, file), whole);
  });

  /** Names a file in VS Code's own dialog: it takes Enter for an answer once it lists the folder of what was typed. */
  async function saveTo(path: string): Promise<void> {
    const dialog = workbench.page.locator('.quick-input-widget');
    await dialog.locator('.monaco-list-row').first().waitFor();
    await dialog.locator('input[type=text]').fill(path);
    await dialog.locator('.monaco-list-row', { hasText: 'journal' }).waitFor();
    await dialog.locator('input[type=text]').press('Enter');
    await dialog.waitFor({ state: 'hidden' });
  }

  for (const format of ['CSV', 'JSON', 'Markdown'] as const) {
    it(`exports what is asked for as ${format}`, async () => {
      await field('Incident').fill('HYPERLINK');
      await says('1 entry matches');
      const path = join(scratch.path, `audit.${format === 'Markdown' ? 'md' : format.toLowerCase()}`);
      await panel.getByText(format, { exact: true }).click();
      await saveTo(path);
      await waitFor('the file is there', () => stat(path).catch(() => undefined), { timeoutMs: 30_000 });
      await person.notification('1 entry was exported').waitFor();
      await person.clearNotifications();
      const text = await readFile(path, 'utf8');
      if (format === 'JSON') {
        const { entries: all } = JSON.parse(text) as { entries: { incidentTitle: string }[] };
        assert.deepEqual(
          all.map(({ incidentTitle }) => incidentTitle),
          [stray],
        );
      }
      if (format === 'CSV') assert.ok(text.includes(`"'${stray.replaceAll('"', '""')}"`), text);
      if (format === 'Markdown') assert.match(text, /^# Audit log[^]*## 2026-09-21T/);
      await panel.locator('.clear').click();
      await says('100 entries shown');
    });
  }

  it('can be read in half a window and in all themes, and axe finds no grave fault', async () => {
    await list().nth(2).locator('button.command').click();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.screenshot('audit-log', theme);
      await expectNoSeriousFault(panel);
    }
    await workbench.page.setViewportSize({ width: 800, height: 900 });
    await workbench.screenshot('audit-log-narrow', 'dark');
    const overflow = await panel.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than what is seen`);
    await workbench.page.setViewportSize({ width: 2000, height: 1000 });
    await workbench.screenshot('audit-log-wide');
  });

  it('says how many lines it had to leave out, because another version wrote them', async () => {
    const odd = { ...fresh('Planned', { steps: [] }), data: { steps: 'of another form' } };
    const line = JSON.stringify({ ...odd, seq: 1, time: '2026-10-29T12:00:00.000Z', prev: 'p', hash: 'h' });
    await appendFile(join(journal, '2026-10-29.fedcba-1-0000.jsonl'), `${line}\n${line}\n`);
    await field('Text').fill('checkout');
    await panel
      .locator('.left-out', {
        hasText: '2 lines of the audit log have a form that this version does not know, and are left out.',
      })
      .waitFor({ timeout: 30_000 });
    await says('100 entries shown');
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await workbench.screenshot('audit-left-out', 'dark');
    await workbench.screenshot('audit-left-out', 'light');
  });
});
