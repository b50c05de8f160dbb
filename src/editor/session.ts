/** What holds right now: settings, keys, the agent, and the connection to PagerDuty. Rebuilt live when any of it changes. */
import { join } from 'node:path';
import { OncallAgent } from '../agent.ts';
import type { Alert, Incident, IncidentBackground } from '../domain/incident.ts';
import { explain, OncallError } from '../domain/error.ts';
import type { RunbookFile } from '../domain/runbook.ts';
import type { PollerState } from '../pagerduty/poller.ts';
import { agentOptions, practiceSettings, type PracticeConnection } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { PagerDutyLink } from './pagerdutyLink.ts';
import type { Secrets } from './secrets.ts';
import { readSettings, type Settings, type SettingsSource, type WrongSetting } from './settings.ts';
import { YoloGate, type YoloGateParts, type YoloScope, type YoloState } from './yoloGate.ts';

/** What the tree shows. */
export type IncidentsState = PollerState | { readonly kind: 'no-token'; readonly incidents: readonly [] };

/** Whether practice runs, and how far it is. */
export type PracticeState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'on'; readonly connection: PracticeConnection };

export interface SessionParts {
  readonly source: () => SettingsSource;
  readonly secrets: Secrets;
  /** Absolute path of a folder of this extension's own. */
  readonly storage: string;
  /** Told of each wrong setting once. */
  readonly onWrongSetting: (wrong: WrongSetting) => void;
  readonly log: (message: string) => void;
  /** Asks a person before YOLO mode begins. */
  readonly yolo: YoloGateParts;
  /** Reads the runbooks of these folders and of the workspace. */
  readonly readRunbooks?: (folders: readonly string[]) => Promise<readonly RunbookFile[]>;
}

const loading: IncidentsState = { kind: 'loading', incidents: [], at: 0 };

export class Session {
  readonly #parts: SessionParts;
  readonly #changed = new Emitter<void>();
  readonly #polled = new Emitter<IncidentsState>();
  readonly #appended = new Emitter<void>();
  readonly #named = new Set<string>();
  readonly #agent: OncallAgent;
  /** A journal stays where it was opened: another folder is taken up by the next window. */
  readonly #directory: string;
  #practiceAgent: OncallAgent | undefined;
  #practice: PracticeState = { kind: 'off' };
  #base: Settings;
  #link: PagerDutyLink | undefined;
  /** What the link was built from. */
  #built = '';
  #incidents: IncidentsState = loading;
  #updates: Promise<void> = Promise.resolve();
  #disposed = false;
  readonly #yolo: YoloGate;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#yolo = new YoloGate(parts.yolo, () => void this.update());
    this.#base = this.#read();
    this.#directory = this.#base.auditDirectory ?? join(parts.storage, 'journal');
    this.#agent = this.#newAgent({
      ...agentOptions(this.#base, { journalDirectory: this.#directory }),
      // Where the journal is kept somewhere else, stop and breaker stay on this machine.
      interlockFile: join(parts.storage, 'interlock.jsonl'),
    });
  }

  /** Fires when settings, keys or practice have changed. */
  readonly onDidChange = this.#changed.event;
  /** Fires with every state of the incident list. */
  readonly onDidPoll = this.#polled.event;
  /** Fires when something was written to the journal that holds now. */
  readonly onDidAppend = this.#appended.event;

  /** The settings in force, practice included. YOLO mode reads as approval for as long as nobody has agreed to it. */
  get settings(): Settings {
    const wished = this.#wished();
    return { ...wished, mode: this.#yolo.mode(wished.mode) };
  }

  /** Whether YOLO mode was agreed to, where the settings want it. */
  get yolo(): YoloState {
    return this.#yolo.state;
  }

  /** What YOLO mode may take; undefined unless it is on. */
  get yoloScope(): YoloScope | undefined {
    return this.#yolo.scope;
  }

  /** The agent that new runs belong to. Practice has its own, with a journal of its own. */
  get agent(): OncallAgent {
    return this.#practiceAgent ?? this.#agent;
  }

  /** Where the journal that holds now is kept. */
  get journalDirectory(): string {
    return this.#practiceAgent === undefined
      ? this.#directory
      : join(this.#parts.storage, 'practice-journal');
  }

  get practice(): PracticeState {
    return this.#practice;
  }

  /** The connection to PagerDuty that holds now: in practice, to the practice account. */
  get pagerduty(): PagerDutyLink | undefined {
    return this.#link;
  }

  get incidents(): IncidentsState {
    return this.#incidents;
  }

  /** Reads settings and keys anew and applies what has changed. */
  update(): Promise<void> {
    const update = this.#updates.then(() => (this.#disposed ? undefined : this.#apply()));
    // A failed update must not keep the next one from being tried.
    this.#updates = update.catch((error: unknown) =>
      this.#parts.log(`Settings were not applied: ${explain(error)}`),
    );
    return this.#updates;
  }

  /** Asks PagerDuty now. */
  async refresh(): Promise<void> {
    await this.#link?.refresh();
  }

  /** The alert that an incident stands for, with what the monitoring tool said. */
  async alertFor(incident: Incident): Promise<Alert> {
    return this.connected().alertFor(incident);
  }

  /** What PagerDuty knows around an incident; nothing is asked before a run asks it. Undefined without a connection. */
  backgroundOf(incident: Incident): IncidentBackground | undefined {
    return this.#link?.backgroundOf(incident);
  }

  /** From now on nothing reaches a real cluster or account, although practice is not ready yet. */
  enterPractice(): Promise<void> {
    this.#practice = { kind: 'starting' };
    this.#practiceAgent = this.#newAgent({
      mode: 'plan',
      kubeconfig: join(this.#parts.storage, 'practice-is-not-ready'),
      journalDirectory: join(this.#parts.storage, 'practice-journal'),
    });
    return this.update();
  }

  practiceIsReady(connection: PracticeConnection): Promise<void> {
    if (this.#practice.kind === 'off') return this.#updates;
    this.#practice = { kind: 'on', connection };
    return this.update();
  }

  async leavePractice(): Promise<void> {
    const agent = this.#practiceAgent;
    this.#practice = { kind: 'off' };
    this.#practiceAgent = undefined;
    await Promise.all([agent?.dispose(), this.update()]);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#link?.stop();
    await Promise.all([this.#agent.dispose(), this.#practiceAgent?.dispose()]);
    for (const emitter of [this.#changed, this.#polled, this.#appended]) emitter.dispose();
  }

  #newAgent(options: ConstructorParameters<typeof OncallAgent>[0]): OncallAgent {
    const agent = new OncallAgent(options);
    agent.onChange(() => {
      if (agent === this.agent) this.#appended.fire();
    });
    return agent;
  }

  #read(): Settings {
    const { settings, wrong } = readSettings(this.#parts.source());
    const now = new Set(wrong.map((one) => one.message));
    // Named again only after it was right, or wrong in another way, in between.
    for (const message of this.#named) if (!now.has(message)) this.#named.delete(message);
    for (const one of wrong) {
      if (this.#named.has(one.message)) continue;
      this.#named.add(one.message);
      this.#parts.onWrongSetting(one);
    }
    return settings;
  }

  #wished(): Settings {
    return this.#practice.kind === 'on'
      ? practiceSettings(this.#base, this.#practice.connection)
      : this.#base;
  }

  /** What practice needs before it is ready is asked of nobody. */
  #considerYolo(): void {
    if (this.#practice.kind === 'starting') return;
    const { modeIsChosen, mode } = this.#base;
    this.#yolo.consider({
      settings: this.#wished(),
      given: modeIsChosen ? mode : undefined,
      practice: this.#practice.kind === 'on',
      places: () => this.agent.places(),
      openIncidents: () => {
        const known = this.agent.known;
        return this.#incidents.incidents
          .filter(({ id, status }) => status === 'triggered' && known?.incidents.isFree(id) !== false)
          .map(({ id }) => id);
      },
    });
  }

  async #apply(): Promise<void> {
    this.#base = this.#read();
    const [token, apiKey] = await Promise.all([
      this.#parts.secrets.get('pagerdutyToken'),
      this.#parts.secrets.get('anthropicKey'),
    ]);
    const { readRunbooks } = this.#parts;
    const key = {
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(readRunbooks === undefined ? {} : { readRunbooks }),
    };
    this.#considerYolo();
    // Each agent acts by itself only where it was asked about.
    const yoloContexts = this.#yolo.contexts;
    this.#agent.configure(
      agentOptions(this.#base, {
        ...key,
        journalDirectory: this.#directory,
        yoloContexts: this.#practice.kind === 'off' ? yoloContexts : [],
      }),
    );
    if (this.#practice.kind === 'on') {
      this.#practiceAgent?.configure(
        agentOptions(this.settings, { ...key, journalDirectory: this.journalDirectory, yoloContexts }),
      );
    }
    await this.#connect(token);
    this.#changed.fire();
    // Where commands may run, breaker and stop are shown before the first run.
    const { agent } = this;
    if (this.#practice.kind !== 'starting' && this.settings.mode !== 'plan') {
      await agent.open().then(
        () => this.#appended.fire(),
        (error: unknown) => this.#parts.log(explain(error)),
      );
    }
  }

  async #connect(realToken: string | undefined): Promise<void> {
    const practice = this.#practice;
    const { pagerduty } = this.settings;
    const token =
      practice.kind === 'off'
        ? realToken
        : practice.kind === 'on'
          ? practice.connection.pagerduty.token
          : undefined;
    const built = JSON.stringify([practice.kind, pagerduty, token]);
    if (built === this.#built) {
      // Something was set anew: perhaps what PagerDuty did not take before.
      if (this.#incidents.kind === 'error') void this.refresh();
      return;
    }
    this.#built = built;
    this.#link?.stop();
    this.#link = undefined;
    if (token === undefined) {
      this.#show(practice.kind === 'off' ? { kind: 'no-token', incidents: [] } : loading);
      return;
    }
    this.#show(loading);
    const { PagerDutyLink } = await import('./pagerdutyLink.ts');
    const link = new PagerDutyLink(pagerduty, token, {
      // What an account that is no longer looked at still answers must not be shown.
      state: (state) => {
        if (this.#link === link) this.#show(state);
      },
      skipped: this.#parts.log,
    });
    this.#link = link;
    if (!this.#disposed) link.start();
  }

  #show(state: IncidentsState): void {
    this.#incidents = state;
    this.#polled.fire(state);
    this.#yolo.retry();
  }

  /**
   * The connection to PagerDuty that holds now.
   * @throws OncallError `pagerduty-unauthorized` where there is none
   */
  connected(): PagerDutyLink {
    if (this.#link !== undefined) return this.#link;
    throw new OncallError(
      'pagerduty-unauthorized',
      'No PagerDuty token is set',
      'Set one with "Oncall: Set PagerDuty Token".',
    );
  }
}
