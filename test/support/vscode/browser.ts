/** The workbench in headless Chromium: what a person sees and clicks. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import { artifacts } from '../paths.ts';
import { waitFor } from '../processes.ts';
import { ensureChromium } from './install.ts';
import type { RunningVSCode } from './server.ts';

/** What makes Chromium run as root, in a container, and without calls of its own to the network. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The colour themes that every screen is looked at in. */
export const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type Theme = keyof typeof themes;

/** Headless Chromium. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(), args: flags });
}

export interface Workbench {
  readonly page: Page;
  /** Waits for the webview whose document has an element that matches `selector`, and returns its frame. */
  webview(selector: string, timeoutMs?: number): Promise<Frame>;
  /** Runs a command by its title through the command palette. */
  runCommand(title: string): Promise<void>;
  /** Changes the colour theme. */
  useTheme(theme: Theme): Promise<void>;
  /** Keeps a picture as `artifacts/NAME-THEME.png` and returns its path; the theme stays on. */
  screenshot(name: string, theme?: Theme): Promise<string>;
  close(): Promise<void>;
}

export interface WorkbenchOptions {
  readonly url?: string;
  /** CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Opens the workbench and waits until it is there. */
export async function openWorkbench(
  vscode: Pick<RunningVSCode, 'url'>,
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1440, height: 900 } });
    await page.goto(options.url ?? vscode.url);
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    return workbench(browser, page);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Background colours come with the theme's class on the workbench element. */
const themeClass: Record<Theme, string> = {
  dark: 'vs-dark',
  light: 'vs',
  'high-contrast': 'hc-black',
  'high-contrast-light': 'hc-light',
};

function workbench(browser: Browser, page: Page): Workbench {
  const runCommand = async (title: string): Promise<void> => {
    const input = page.locator('.quick-input-widget input');
    const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // An editor that has just been opened may take the focus, and the palette is gone: then it is opened again.
    const choose = async (): Promise<true | undefined> => {
      if (!(await input.isVisible())) await page.keyboard.press('F1');
      return input
        .fill(`>${title}`, { timeout: 5000 })
        .then(() => row.click({ timeout: 5000 }))
        .then(
          () => true,
          () => undefined,
        );
    };
    await waitFor(`the palette offers ${title}`, choose, { timeoutMs: 60_000 });
  };
  const useTheme = async (theme: Theme): Promise<void> => {
    // Not by writing the settings file: whether its change is noticed while VS Code runs is a matter of luck.
    await runCommand('Preferences: Color Theme');
    await page.locator('.quick-input-widget input').fill(themes[theme]);
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await page.locator(`.monaco-workbench.${themeClass[theme]}`).waitFor();
  };
  return {
    page,
    webview: (selector, timeoutMs = 30_000) =>
      waitFor(
        `a webview shows ${selector}`,
        async () => {
          for (const frame of page.frames()) {
            if (frame === page.mainFrame()) continue;
            const shown = await frame
              .locator(selector)
              .first()
              .isVisible()
              .catch(() => false);
            if (shown) return frame;
          }
          return undefined;
        },
        { timeoutMs },
      ),
    runCommand,
    useTheme,
    async screenshot(name, theme) {
      if (theme) await useTheme(theme);
      await mkdir(artifacts, { recursive: true });
      const path = join(artifacts, `${name}${theme ? `-${theme}` : ''}.png`);
      await page.screenshot({ path, animations: 'disabled' });
      return path;
    },
    close: () => browser.close(),
  };
}
