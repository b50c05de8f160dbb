/** "Oncall: Assess Command…": what a command would do, as one types it, on a machine where nothing is set up. */
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';

describe('Assess Command…, as a person sees it', () => {
  let scratch: Scratch;
  let vscode: RunningVSCode;
  let workbench: Workbench;

  before(async () => {
    scratch = await scratchFolder('assess');
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: true,
      folder: scratch.path,
      env: testEnvironment(),
      userSettings: { 'oncall.mode': 'approval', 'oncall.destructiveOperations.enabled': true },
    });
    workbench = await openWorkbench(vscode);
    await new Person(workbench).openIncidents();
    await workbench.runCommand('Oncall: Assess Command');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('failed-assess');
  });

  after(async () => {
    await workbench?.close();
    await vscode?.close();
    await scratch?.remove();
  });

  const cases: readonly (readonly [what: string, command: string, ...says: RegExp[]])[] = [
    [
      'a reading command is low and runs by itself',
      'kubectl -n prod get pods',
      /Low risk.*Reads pods in prod; changes nothing/,
      /Plan: shows it only/,
      /Approval \(now\): runs by itself/,
    ],
    [
      'a change is said with what it reaches, and what each mode makes of it',
      'kubectl -n shop scale deployment/checkout --replicas=0',
      /High risk.*Scales deployment checkout in shop to 0: nothing of it keeps running/,
      /Changes the cluster, can be put back.*checkout/,
      /Approval \(now\): asks you/,
      /YOLO: runs by itself when it is sure enough.*From 90 %/,
    ],
    [
      'what must not go by mistake needs its name typed, in every mode',
      'kubectl delete ns shop',
      /Forbidden: only with the name typed.*everything in it goes too/,
      /YOLO: asks you/,
    ],
    [
      'a second command in the line is refused, with the place where it starts',
      'kubectl get pods; kubectl delete ns shop',
      /Rejected: it never runs.*`;` at column 17/,
    ],
  ];

  for (const [index, [what, command, ...says]] of cases.entries()) {
    it(what, async () => {
      await workbench.page.locator('.quick-input-widget input').fill(command);
      for (const text of says) {
        await workbench.page
          .locator('.quick-input-list .monaco-list-row', { hasText: text })
          .waitFor({ timeout: 30_000 });
      }
      await workbench.screenshot(`assess-${index + 1}`);
    });
  }
});
