/** What the pictures tell: a morning on call, from the pages that come in to the log of what was done. */
/** Milliseconds for something that the product has to work for. */
const patience = 120_000;

/** What comes in; the last one is remediated. */
const pages = ['service-down', 'oom-kill', 'image-pull', 'crashloop'];
const title = 'KubeDeploymentCrashLooping checkout (shop)';

/**
 * What the pictures tell.
 * `open` brings a scene on the screen, once. `settle` sees to it that it is there, in the theme and at the width of now.
 * `leave` puts away what a change of theme would close by itself.
 */
export class Story {
  #person;
  #ground;
  /** Whether the incident is. */
  #over = false;

  /**
   * @param person a Person of test/ui/person.ts
   * @param ground a PracticeGround of test/ui/practice.ts
   */
  constructor(person, ground) {
    this.#person = person;
    this.#ground = ground;
  }

  /** Several pages come in, one after another. */
  async begin() {
    for (const page of pages) await this.#ground.play(page);
    await this.#person.openIncidents();
    await this.#person.incident(title).waitFor({ timeout: patience });
  }

  /** In the order in which they are told. Each begins where any of the ones before may have ended. */
  scenes = {
    tree: {
      open: () => this.#unfold(),
      settle: () => this.#person.incident(title).waitFor(),
    },
    plan: {
      open: () => this.#untilAsked(),
      settle: () => this.#person.planPanel(title),
    },
    'plan-panel': {
      open: async () => {
        await this.#untilAsked();
        await this.#only(/Plan: |Remediation Plan/);
      },
      settle: () => this.#person.planPanel(title),
    },
    'plan-document': {
      open: async () => {
        await this.#untilAsked();
        await this.#only(/\.oncall-plan/);
      },
      settle: () => this.#person.lens('Approve & Run').waitFor({ timeout: patience }),
    },
    'plan-verified': {
      open: async () => {
        await this.#verified();
        await this.#only(/Plan: |Remediation Plan/);
      },
      settle: () => this.#person.planPanel(title),
    },
    audit: {
      open: async () => {
        await this.#verified();
        await this.#alone();
        await this.#person.auditLog();
      },
      settle: () => this.#person.workbench.webview('h1:text-is("Audit Log") >> visible=true', patience),
    },
    doctor: {
      open: async () => {
        await this.#alone();
        await this.#person.workbench.runCommand('Oncall: Doctor');
      },
      settle: () =>
        this.#person.page
          .locator('.view-line', { hasText: 'API server' })
          .first()
          .waitFor({ timeout: patience }),
    },
    walkthrough: {
      open: async () => {
        await this.#alone();
        await this.#person.workbench.runCommand('Oncall: Get Started');
      },
      // Its pictures are for wide windows alone.
      settle: () => this.#person.page.getByText('Rehearse an incident', { exact: true }).waitFor(),
    },
    status: {
      open: () => Promise.resolve(),
      settle: async () => {
        const list = this.#person.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Doctor' });
        if (!(await list.isVisible())) {
          await this.#person.page.locator('.statusbar-item', { hasText: 'Approval' }).click();
        }
        await list.waitFor();
      },
      leave: async () => {
        await this.#person.page.keyboard.press('Escape');
        await this.#person.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      },
    },
  };

  /** Opens the incident's row, and its target. */
  async #unfold() {
    const { view } = this.#person;
    for (const name of [title, 'Target']) {
      const row = view.getByRole('treeitem', { name }).first();
      if ((await row.getAttribute('aria-expanded')) === 'true') continue;
      await row.locator('.monaco-tl-twistie').click();
      await view.getByRole('treeitem', { name, expanded: true }).first().waitFor();
    }
    await this.#person.handsOff();
  }

  /** The plan with a step that waits; it is made where there is none yet. */
  async #untilAsked() {
    await this.#alone();
    await this.#person.remediate(title);
    const panel = await this.#person.planPanel(title);
    await this.#person.untilAsked();
    await this.#person.handsOff();
    return panel;
  }

  /** The run is approved and over. */
  async #verified() {
    if (this.#over) return;
    this.#over = true;
    const panel = await this.#untilAsked();
    await this.#person.approveByLens();
    await panel.locator('.card.verified').first().waitFor({ timeout: patience });
  }

  /** Nothing in the editor area. */
  async #alone() {
    const { page } = this.#person;
    if ((await page.locator('.editor-group-container .tab').count()) > 0) await this.#person.closeEditors();
  }

  /** An editor alone in the editor area. @param name what its tab says */
  async #only(name) {
    const { page } = this.#person;
    const others = page.locator('.editor-group-container .tab').filter({ hasNotText: name });
    while ((await others.count()) > 0) {
      const left = await others.count();
      await others.first().click({ button: 'middle' });
      await others.nth(left - 1).waitFor({ state: 'detached' });
    }
    await page.locator('.tab', { hasText: name }).first().click();
    await this.#person.handsOff();
  }
}
