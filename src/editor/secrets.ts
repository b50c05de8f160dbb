/** Keys in the editor's secret storage; where none is stored, the environment gives the default. */
import type { Event, SecretStorage } from 'vscode';

const keys = {
  pagerdutyToken: { stored: 'oncall.pagerduty.token', variable: 'PAGERDUTY_API_TOKEN' },
  anthropicKey: { stored: 'oncall.anthropic.apiKey', variable: 'ANTHROPIC_API_KEY' },
} as const;

export type SecretName = keyof typeof keys;

export class Secrets {
  readonly #storage: SecretStorage;
  readonly #env: Readonly<Record<string, string | undefined>>;
  /** Fires when a key was changed, in this window or another. */
  readonly onDidChange: Event<unknown>;

  constructor(storage: SecretStorage, env: Readonly<Record<string, string | undefined>>) {
    this.#storage = storage;
    this.#env = env;
    this.onDidChange = storage.onDidChange;
  }

  /** The key, or undefined where it is neither stored nor in the environment. */
  async get(name: SecretName): Promise<string | undefined> {
    const stored = await this.#storage.get(keys[name].stored);
    return (stored ?? this.#env[keys[name].variable])?.trim() || undefined;
  }

  async set(name: SecretName, value: string): Promise<void> {
    await this.#storage.store(keys[name].stored, value.trim());
  }

  /** @returns the environment variable that still gives a key after this one is gone, if there is one */
  async remove(name: SecretName): Promise<string | undefined> {
    await this.#storage.delete(keys[name].stored);
    return this.#env[keys[name].variable] ? keys[name].variable : undefined;
  }
}
