/** An event source with the shape of the editor's own, for parts that must also run without the editor. */
import type { Disposable, Event } from 'vscode';

/** Calls every listener with each value that is fired. One that throws disturbs neither the others nor the one who fires. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener, thisArgs?: unknown, disposables?: Disposable[]) => {
    // A wrapper each, so that one function can listen twice.
    const call = (value: T) => {
      listener.call(thisArgs, value);
    };
    this.#listeners.add(call);
    const subscription: Disposable = { dispose: () => void this.#listeners.delete(call) };
    disposables?.push(subscription);
    return subscription;
  };

  fire(value: T): void {
    for (const call of [...this.#listeners]) {
      try {
        call(value);
      } catch (error) {
        // For whoever hears of what nobody has caught.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
