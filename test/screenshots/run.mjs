/**
 * `npm run screenshots [-- VIEW ...]`: pictures of the main views in a real workbench, on the practice environment, as
 * `artifacts/screenshots/VIEW-WIDTH-THEME.png`: in every theme, 1,400 and 900 pixels wide. Names of views make only those.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment.ts';
import { artifacts, root } from '../support/paths.ts';
import { run } from '../support/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { openWorkbench, themes } from '../support/vscode/browser.ts';
import { ensureKubectl } from '../support/vscode/install.ts';
import { startVSCode } from '../support/vscode/server.ts';
import { Person } from '../ui/person.ts';
import { startPracticeGround } from '../ui/practice.ts';
import { Story } from './story.mjs';

/** CSS pixels: a large window, and half of a screen. */
const large = { width: 1400, height: 875 };
const half = { width: 900, height: 875 };
const folder = join(artifacts, 'screenshots');

async function takePictures(wanted) {
  const scratch = await scratchFolder('screenshots');
  const ground = await startPracticeGround(10);
  const vscode = await startVSCode({
    extensionPath: root,
    smokeTestDriver: false,
    folder: scratch.path,
    env: { ...testEnvironment(), PAGERDUTY_API_TOKEN: ground.pagerduty.token },
    userSettings: {
      'oncall.mode': 'approval',
      'oncall.destructiveOperations.enabled': true,
      'oncall.pagerduty.baseUrl': ground.pagerduty.baseUrl,
      'oncall.pagerduty.pollIntervalSeconds': 10,
      'oncall.verification.settleSeconds': 2,
    },
    machineSettings: {
      'oncall.kubernetes.kubeconfig': ground.kubernetes.kubeconfig,
      'oncall.kubernetes.kubectlPath': await ensureKubectl(),
    },
  });
  try {
    const workbench = await openWorkbench(vscode, { viewport: large });
    try {
      const person = new Person(workbench);
      const story = new Story(person, ground);
      await story.begin();
      for (const [view, scene] of Object.entries(story.scenes)) {
        if (wanted.length > 0 && !wanted.includes(view)) continue;
        await scene.open();
        for (const theme of Object.keys(themes)) {
          await workbench.useTheme(theme);
          await person.handsOff();
          for (const size of [large, half]) {
            await workbench.page.setViewportSize(size);
            await scene.settle();
            await workbench.screenshot(join('screenshots', `${view}-${size.width}-${theme}`));
          }
          await scene.leave?.();
        }
        await workbench.page.setViewportSize(large);
        console.log(view);
      }
    } catch (error) {
      console.error(`See ${await workbench.screenshot(join('screenshots', 'failed'))}`);
      throw error;
    } finally {
      await workbench.close();
    }
  } finally {
    await vscode.close();
    await ground.close();
    await scratch.remove();
  }
}

const wanted = process.argv.slice(2);
const build = await run(process.execPath, ['esbuild.mjs'], { cwd: root, timeoutMs: 300_000, show: true });
if (build.code !== 0) process.exit(1);
if (wanted.length === 0) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await takePictures(wanted);
console.log(`The pictures are in ${folder}`);
