/** The output channel "Oncall". */
import * as vscode from 'vscode';
import type { OutputLine } from './outputLines.ts';
import { plain } from './text.ts';

/** A line that is no run's: it does not begin as theirs do, which are links to their plans, whatever it is made of. */
function aside(text: string): string {
  return plain(text, 2000).replace(/^(?:practice )?\[/, '· $&');
}

export class Output {
  readonly #channel = vscode.window.createOutputChannel('Oncall', { log: true });

  /** Writes a line that is plain already. */
  write({ level, text }: OutputLine): void {
    this.#channel[level](text);
  }

  info(text: string): void {
    this.#channel.info(aside(text));
  }

  error(text: string): void {
    this.#channel.error(aside(text));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
