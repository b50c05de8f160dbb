/** Reads on whenever it is told to: one reading at a time, and once more where it was told in the middle of one. */
export class Follower {
  readonly #read: () => Promise<void>;
  #reading: Promise<void> | undefined;
  #again = false;

  /** @param read a failure is the next reader's to tell */
  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  tell(): void {
    this.#again = true;
    this.#reading ??= this.#follow();
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  async #follow(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#read().catch(() => undefined);
    }
    this.#reading = undefined;
  }
}
