/** A machine's line to the API server, which can be cut: what is sent meanwhile waits, and arrives once the line is mended. */
import type { KubeClient } from '../client.ts';

export class Line {
  /** The API server at the end of this line. */
  readonly client: KubeClient;
  #mended: PromiseWithResolvers<void> | undefined;

  constructor(client: KubeClient) {
    this.client = new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...parameters: unknown[]): Promise<unknown> => {
          await this.#mended?.promise;
          return Reflect.apply(value, target, parameters) as unknown;
        };
      },
    });
  }

  get isCut(): boolean {
    return this.#mended !== undefined;
  }

  cut(): void {
    this.#mended ??= Promise.withResolvers();
  }

  mend(): void {
    this.#mended?.resolve();
    this.#mended = undefined;
  }
}
