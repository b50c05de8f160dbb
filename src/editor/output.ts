/** The output channel "Oncall". */
import * as vscode from 'vscode';
import type { OutputLine } from './outputLines.ts';
import { plain } from './text.ts';

export class Output {
  readonly #channel = vscode.window.createOutputChannel('Oncall', { log: true });

  /** Writes a line that is plain already. */
  write({ level, text }: OutputLine): void {
    this.#channel[level](text);
  }

  info(text: string): void {
    this.#channel.info(plain(text, 2000));
  }

  error(text: string): void {
    this.#channel.error(plain(text, 2000));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
