/** What a person does in the workbench with the extension: look, click, type. Nothing here reaches behind the screen. */
import type { Frame, Locator, Page } from 'playwright-core';
import { waitFor } from '../support/processes.ts';
import type { Workbench } from '../support/vscode/browser.ts';

/** Milliseconds for something that the product has to work for. */
const patience = 60_000;

export class Person {
  readonly workbench: Workbench;
  readonly page: Page;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
    this.page = workbench.page;
  }

  /** Opens the view of incidents, in a window that has never shown it. */
  async openIncidents(): Promise<void> {
    const oncall = this.page.locator('.activitybar').getByRole('tab', { name: /^Oncall/ });
    await oncall.click({ timeout: patience });
    await this.view.getByRole('heading', { name: /Incidents/ }).waitFor();
  }

  /** The side bar with the incidents, or with what there is to say in their place. */
  get view(): Locator {
    return this.page.locator('.part.sidebar');
  }

  /** An incident's row. */
  incident(title: string): Locator {
    return this.view.getByRole('treeitem', { name: title });
  }

  /** Waits until an incident is listed, and chooses Remediate Incident on its row. */
  async remediate(title: string, through: 'inline button' | 'context menu' = 'inline button'): Promise<void> {
    const row = this.incident(title);
    await row.waitFor({ timeout: patience });
    if (through === 'inline button') {
      await row.hover();
      await row.locator('.action-label[aria-label^="Remediate Incident"]').click();
    } else {
      await row.click({ button: 'right' });
      // A menu takes no release of the button in the first tenth of a second: it may belong to the press that opened it.
      const entry = this.page.locator('.monaco-menu .action-label', { hasText: 'Remediate Incident' });
      await entry.click({ delay: 200 });
    }
  }

  /** Waits until the plan panel shows an incident's plan. */
  async planPanel(title: string): Promise<Frame> {
    const panel = await this.workbench.webview('main > header + .phases', patience);
    await panel.locator('h1', { hasText: title }).waitFor({ timeout: patience });
    return panel;
  }

  /** Opens an incident's plan by its row. */
  async openPlan(title: string): Promise<Frame> {
    await this.incident(title).click();
    return this.planPanel(title);
  }

  /** The tab of an editor that is in sight. */
  tab(name: string): Locator {
    return this.page.locator('.tab.active', { hasText: name }).first();
  }

  /** Whether an editor shows a text without scrolling; undefined where none does yet. */
  async shows(text: string): Promise<true | undefined> {
    const editors = await this.page.locator('.editor-instance .monaco-editor').all();
    const texts = await Promise.all(editors.map((editor) => shownText(editor).catch(() => '')));
    return texts.some((one) => one.includes(bare(text))) || undefined;
  }

  /** A CodeLens of the plan document: something to click, or a step's state. */
  lens(label: string): Locator {
    return this.page.locator('.codelens-decoration :is(a, span)', { hasText: label }).first();
  }

  /** Waits until the plan document asks for approval. */
  async untilAsked(): Promise<void> {
    await this.lens('Approve & Run').waitFor({ timeout: patience });
  }

  /** Approves by the plan document. A CodeLens that is drawn anew while it is clicked does nothing: then once more. */
  async approveByLens(): Promise<void> {
    const lens = this.lens('Approve & Run');
    await waitFor(
      'a click on Approve & Run was taken',
      async () => {
        await lens.click({ timeout: 5000 }).catch(() => undefined);
        return lens.waitFor({ state: 'detached', timeout: 5000 }).then(
          () => true as const,
          () => undefined,
        );
      },
      { timeoutMs: patience },
    );
  }

  /** What can be read of the plan document without scrolling, without {@link bare white space}. */
  planDocument(): Promise<string> {
    return shownText(this.page.locator('.editor-instance .monaco-editor').first());
  }

  /** What can be read of the output channel without scrolling, its end, without {@link bare white space}. */
  async output(): Promise<string> {
    const editor = this.page.locator('.part.panel .output-view .monaco-editor');
    if (!(await editor.isVisible())) await this.workbench.runCommand('Oncall: Show Output');
    await editor.waitFor();
    return shownText(editor);
  }

  /** Waits until the output channel shows every one of the texts, at its end. */
  async outputShows(...texts: string[]): Promise<void> {
    const missing = async (): Promise<string[]> => {
      const output = await this.output();
      return texts.filter((text) => !output.includes(bare(text)));
    };
    await waitFor(
      `the output channel shows ${texts.join(' and ')}`,
      async () => ((await missing()).length === 0 ? true : undefined),
      { timeoutMs: patience, everyMs: 300 },
    );
  }

  /** Opens the audit log. */
  async auditLog(): Promise<Frame> {
    await this.workbench.runCommand('Oncall: Show Audit Log');
    return this.workbench.webview('h1:text-is("Audit Log") >> visible=true', patience);
  }

  /** A notification. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** Puts every notification away. */
  async clearNotifications(): Promise<void> {
    await this.workbench.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** Chooses what Oncall may do. */
  async switchMode(label: 'Plan' | 'Approval' | 'YOLO'): Promise<void> {
    await this.workbench.runCommand('Oncall: Switch Mode');
    await this.choose(label);
    if (label === 'YOLO') await this.answerYolo('Turn YOLO On');
    await this.statusSays(label);
  }

  /** Answers the question that comes before YOLO mode. */
  async answerYolo(answer: 'Turn YOLO On' | 'Cancel'): Promise<void> {
    const question = this.page.locator('.monaco-dialog-box');
    await question.getByText('every namespace').waitFor({ timeout: patience });
    await question.getByRole('button', { name: answer }).click();
    await question.waitFor({ state: 'detached' });
    const asking = this.page.locator('.statusbar-item', { hasText: 'YOLO not confirmed' });
    await asking.waitFor({ state: 'detached' });
  }

  /** Chooses an entry of the list that has opened. */
  async choose(label: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
  }

  /** Types into the box that has opened. */
  async type(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    await input.fill(text);
    await input.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /**
   * Points at something until what belongs to it is shown beside it. What is drawn anew under the mouse shows nothing until
   * the mouse comes again.
   */
  async pointAt(target: Locator, text: string): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible', { hasText: text });
    await waitFor(
      `"${text}" is shown where one points`,
      async () => {
        await this.handsOff();
        await target.hover();
        const shown = hover.first().waitFor({ timeout: 5000 });
        return shown.then(
          () => true as const,
          () => undefined,
        );
      },
      { timeoutMs: patience },
    );
    return hover;
  }

  /** Takes the hand off the mouse, so that nothing is pointed at. */
  async handsOff(): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.locator('.monaco-hover:visible').first().waitFor({ state: 'detached' });
  }

  /** Waits until the status bar says something about Oncall. */
  async statusSays(text: string): Promise<void> {
    await this.page.locator('.statusbar-item', { hasText: text }).waitFor({ timeout: patience });
  }

  async closeEditors(): Promise<void> {
    await this.workbench.runCommand('View: Close All Editors');
    await this.page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
  }
}

/** A text without white space: an editor breaks lines where it likes. */
export function bare(text: string): string {
  return text.replace(/\s+/g, '');
}

/** The lines that an editor has drawn, from top to bottom. */
async function shownText(editor: Locator): Promise<string> {
  const lines = await editor.locator('.view-lines > .view-line').evaluateAll((elements) =>
    elements
      .map((element) => ({
        top: Number.parseFloat((element as HTMLElement).style.top),
        text: element.textContent,
      }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text ?? ''),
  );
  return bare(lines.join(''));
}

/** What a step's card in the plan panel showed, one after another. */
export interface CardFrame {
  readonly state: string;
  readonly output: string;
}

/** Looks at the first step's card from now on, as somebody does who sits before it. */
export async function watchCard(panel: Frame): Promise<() => Promise<CardFrame[]>> {
  await panel.evaluate(() => {
    const seen: CardFrame[] = [];
    const look = (): void => {
      const card = document.querySelector('.card');
      if (card === null) return;
      const state = card.className.replace('card ', '');
      const output = card.querySelector('.output')?.textContent ?? '';
      const last = seen.at(-1);
      if (last?.state !== state || last.output !== output) seen.push({ state, output });
    };
    look();
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    Object.assign(window, { seen });
  });
  return () => panel.evaluate(() => (window as unknown as { seen: CardFrame[] }).seen);
}
