/** Starts VS Code's server: the workbench for a browser, and the extension host. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDaemon, waitFor } from '../processes.ts';
import { testEnvironment } from '../environment.ts';
import { scratchFolder } from '../scratch.ts';
import { ensureServerVSCode } from './install.ts';

export type Settings = Record<string, unknown>;

export interface VSCodeOptions {
  /** Absolute folder of an extension to load from where it is. */
  readonly extensionPath?: string;
  /** Folder with installed extensions; an empty one of this run's own otherwise. */
  readonly extensionsDir?: string;
  /** The user's settings, on top of those that keep VS Code quiet. */
  readonly userSettings?: Settings;
  /** The remote machine's settings. */
  readonly machineSettings?: Settings;
  /** Environment of server and extension host; without what is personal by default. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Loads the extension in development mode, and takes tests to run in its host. VS Code then hides notification toasts and skips
   * modal dialogs: false shows what a user sees, with the extension as an installed one.
   */
  readonly smokeTestDriver: boolean;
  /** Absolute folder to open. */
  readonly folder: string;
  /** Asks whether the folder is to be trusted, as VS Code does by default. */
  readonly workspaceTrust?: boolean;
}

export interface RunningVSCode {
  readonly port: number;
  /** What to open in a browser. */
  readonly url: string;
  /** {@link url} for a workbench that runs the tests of a module in its extension host and then ends. */
  testUrl(testsPath: string): string;
  /** The settings file of the user. */
  readonly userSettingsFile: string;
  /** Server, extension host and workbench logs. */
  readonly logsDir: string;
  /** Resolves when the server is gone. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** The part of {@link quietSettings} that VS Code takes from the machine that its server runs on. */
const quietMachineSettings: Settings = { 'workbench.welcomePage.walkthroughs.openOnInstall': false };

/** Nothing that greets, advertises, updates or calls home. */
export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  ...quietMachineSettings,
};

/** Makes an extension look installed in `extensionsDir` without copying it. */
async function installByLink(extensionPath: string, extensionsDir: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(extensionPath, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
    version: string;
  };
  const id = `${manifest.publisher}.${manifest.name}-${manifest.version}`;
  await symlink(extensionPath, join(extensionsDir, id), 'junction');
}

/** Starts VS Code in a session of its own, with all its data in a temporary folder. Ready when it resolves, after about 2 s. */
export async function startVSCode(options: VSCodeOptions): Promise<RunningVSCode> {
  const { main } = await ensureServerVSCode();
  const scratch = await scratchFolder('vscode');
  const dir = scratch.path;
  const data = join(dir, 'data');
  const userSettingsFile = join(data, 'User/settings.json');
  const userSettings: Settings = { ...quietSettings, ...options.userSettings };
  const writeUserSettings = () => writeFile(userSettingsFile, JSON.stringify(userSettings, null, 2));
  await mkdir(join(data, 'User'), { recursive: true });
  await mkdir(join(data, 'Machine'), { recursive: true });
  await writeUserSettings();
  await writeFile(
    join(data, 'Machine/settings.json'),
    JSON.stringify({ ...quietMachineSettings, ...options.machineSettings }, null, 2),
  );

  const extensionsDir = options.extensionsDir ?? join(dir, 'extensions');
  await mkdir(extensionsDir, { recursive: true });
  if (options.extensionPath !== undefined && !options.smokeTestDriver) {
    await installByLink(options.extensionPath, extensionsDir);
  }
  const log = join(dir, 'server.log');
  const daemon = await startDaemon({
    name: 'VS Code',
    command: process.execPath,
    args: [
      ...[
        main,
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--server-data-dir',
        dir,
        '--extensions-dir',
        extensionsDir,
      ],
      ...['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'],
      ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
      ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    // No gallery: a rehearsal asks nobody for extensions.
    env: { ...(options.env ?? testEnvironment()), EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
    log,
  });
  const close = async () => {
    await daemon.stop();
    await scratch.remove();
  };
  try {
    const port = await waitFor(
      'VS Code listens',
      async () => {
        const match = /Extension host agent listening on (\d+)/.exec(await readFile(log, 'utf8'));
        return match ? Number(match[1]) : undefined;
      },
      { timeoutMs: 60_000, until: daemon },
    );
    const authority = `127.0.0.1:${port}`;
    const remote = (path: string) => `vscode-remote://${authority}${path}`;
    const url = (...payload: [string, string][]) => {
      const query = new URLSearchParams({ folder: options.folder });
      if (options.smokeTestDriver) {
        if (options.extensionPath !== undefined) {
          payload.push(['extensionDevelopmentPath', remote(options.extensionPath)]);
        }
        query.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
      }
      return `http://${authority}/?${query.toString()}`;
    };
    return {
      port,
      url: url(),
      testUrl: (testsPath) => url(['extensionTestsPath', remote(testsPath)]),
      userSettingsFile,
      logsDir: join(data, 'logs'),
      ended: daemon.ended,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
