/** "Oncall: Doctor" on a machine where nothing is set up, and then on the practice cluster. */
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { root } from '../support/paths.ts';
import { scratchFolder, type Scratch } from '../support/scratch.ts';
import { openWorkbench, type Workbench } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode, type RunningVSCode } from '../support/vscode/server.ts';
import { Person } from './person.ts';
import { startPracticeGround, type PracticeGround } from './practice.ts';

describe('The doctor, as a person sees it', () => {
  let scratch: Scratch;
  let ground: PracticeGround;
  let vscode: RunningVSCode;
  let workbench: Workbench;

  /** Waits until the report shows all of these. */
  const shows = async (...texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      await workbench.page
        .locator('.editor-instance .view-line, .editor-instance .codelens-decoration', { hasText: text })
        .first()
        .waitFor({ timeout: 60_000 });
    }
  };

  const start = async (
    settings: Pick<Parameters<typeof startVSCode>[0], 'userSettings' | 'machineSettings'>,
    env: NodeJS.ProcessEnv,
  ): Promise<void> => {
    vscode = await startVSCode({
      extensionPath: root,
      smokeTestDriver: true,
      folder: scratch.path,
      env,
      ...settings,
    });
    workbench = await openWorkbench(vscode);
    await new Person(workbench).openIncidents();
    await workbench.runCommand('Oncall: Doctor');
  };

  before(async () => {
    scratch = await scratchFolder('doctor');
    ground = await startPracticeGround(10);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-doctor');
    await workbench?.close();
    await vscode?.close();
  });

  after(async () => {
    await ground?.close();
    await scratch?.remove();
  });

  it('names what is missing, with the button that mends it', async () => {
    await start(
      { machineSettings: { 'oncall.kubernetes.kubeconfig': `${scratch.path}/nothing` } },
      testEnvironment(),
    );
    await shows('There is no cluster to work with', 'No PagerDuty token is set', 'Set PagerDuty Token');
    await shows('Nothing can be executed now', 'Nothing that changes the cluster runs', 'Mode Plan');
    await workbench.screenshot('doctor-nothing-set-up');
  });

  it('is content where everything answers', async () => {
    const { pagerduty, kubernetes } = ground;
    await start(
      {
        userSettings: {
          'oncall.mode': 'approval',
          'oncall.destructiveOperations.enabled': true,
          'oncall.pagerduty.baseUrl': pagerduty.baseUrl,
        },
        machineSettings: {
          'oncall.kubernetes.kubeconfig': kubernetes.kubeconfig,
          'oncall.kubernetes.kubectlPath': await ensureKubectl(),
          'oncall.kubernetes.transport': 'mcp',
          'oncall.mcp.serverPath': join(root, 'node_modules/kubernetes-mcp-server/bin/index.js'),
        },
      },
      { ...testEnvironment(), PAGERDUTY_API_TOKEN: pagerduty.token },
    );
    await shows('No problems', 'The API server', 'You have all', 'shakes hands', 'It offers the 5 tools');
    await shows('PagerDuty answers', 'The token reads incidents, users', 'can be written');
    await shows('A change waits for your approval now');
    await workbench.screenshot('doctor-content');
  });
});
