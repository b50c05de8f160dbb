/** What the help of the real kubectl says: its verbs, their examples, their flags. */
import { run } from '../support/processes.ts';

export interface HelpPage {
  /** With its sub-verbs: `create secret generic`; empty for kubectl itself. */
  readonly verb: string;
  /** Commands as the help writes them: text for a shell, lines that continue joined. */
  readonly examples: readonly string[];
  /** Long names of its own flags, and whether they are booleans. */
  readonly flags: ReadonlyMap<string, { readonly boolean: boolean }>;
}

async function helpOf(kubectl: string, verb: readonly string[]): Promise<string> {
  const env = { HOME: '/nonexistent', PATH: '/usr/bin:/bin' };
  const { code, stdout, stderr } = await run(kubectl, [...verb, '--help'], { timeoutMs: 20_000, env });
  if (code !== 0) throw new Error(`kubectl ${verb.join(' ')} --help ended with ${String(code)}: ${stderr}`);
  return stdout;
}

function subVerbs(help: string): string[] {
  const names: string[] = [];
  let listing = false;
  for (const line of help.split('\n')) {
    if (/Commands.*:$/.test(line)) listing = true;
    else if (listing && /^\S/.test(line)) listing = false;
    const name = /^ {2}([a-z][\w-]*)\s{2,}/.exec(line)?.[1];
    if (listing && name !== undefined) names.push(name);
  }
  return names;
}

function examplesIn(help: string): string[] {
  const block = /\nExamples:\n([\s\S]*?)\n\n(?=\S)/.exec(help)?.[1] ?? '';
  const joined = block.replaceAll(/\s*\\\n\s*/g, ' ');
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /(^|\W)kubectl /.test(line) && !line.startsWith('#'));
}

function flagsIn(help: string): HelpPage['flags'] {
  const rows = help.matchAll(/^ {4}(?:-\w, )?--([\w-]+)=(.*):$/gm);
  return new Map(
    [...rows].map(([, name = '', standard = '']) => [name, { boolean: /^(true|false)$/.test(standard) }]),
  );
}

/** Every page of the help, in kubectl's own order. */
export async function readHelp(kubectl: string, verb: readonly string[] = []): Promise<HelpPage[]> {
  const help = await helpOf(kubectl, verb);
  const page = { verb: verb.join(' '), examples: examplesIn(help), flags: flagsIn(help) };
  const below: HelpPage[] = [];
  const names = subVerbs(help);
  // Two at a time: each page is a process of its own.
  for (let at = 0; at < names.length; at += 2) {
    const pages = names.slice(at, at + 2).map((name) => readHelp(kubectl, [...verb, name]));
    below.push(...(await Promise.all(pages)).flat());
  }
  return [page, ...below];
}
