/** What a person may want to change in a command, each as the whole new text. Every one is a command that may run, or has one fault less. */
import type { AssessOptions } from './assess.ts';
import { assessCommand } from './assess.ts';
import { withDryRun } from './dry-run.ts';
import { findFault, wordPlaces } from './fault.ts';
import type { Fault } from './fault.ts';
import { parseCommand } from './grammar.ts';
import { splitWords } from './words.ts';

export interface Fix {
  /**
   * `remove`: a flag goes · `alone`: what follows the command goes · `quote`: a word is quoted · `kubectl`: the first word
   * becomes kubectl · `namespace`: it says its namespace · `narrow`: one namespace in the place of all · `dry-run`: it
   * becomes its rehearsal.
   */
  readonly kind: 'remove' | 'alone' | 'quote' | 'kubectl' | 'namespace' | 'narrow' | 'dry-run';
  /** What it is about: the flag that goes, the word that is quoted, the namespace. */
  readonly about: string;
  readonly text: string;
}

/**
 * The changes that fit a command: those that mend it where it is rejected, else those that make it narrower or safer.
 * @param namespace the one that the command is most likely about
 */
export function fixesFor(text: string, namespace?: string, options: AssessOptions = {}): Fix[] {
  const fault = findFault(text, options);
  return fault === undefined ? safer(text, namespace, options) : mended(text, fault, options);
}

function mended(text: string, fault: Fault, options: AssessOptions): Fix[] {
  const candidates = fault.words === undefined ? unsplit(text, fault) : faultyWords(text, fault);
  return candidates.filter(
    ({ kind, text: other }) =>
      other !== text &&
      // A command with two flags too many is mended one by one; any other guess must be right at once.
      (kind === 'remove'
        ? findFault(other, options)?.reason !== fault.reason
        : !assessCommand(other, options).rejected),
  );
}

/** Where a shell would do more than split words. */
function unsplit(text: string, { start }: Fault): Fix[] {
  if (/^\s*\$ /.test(text)) return [kubectlFirst(text)];
  const from = text.lastIndexOf(' ', start) + 1;
  const next = text.indexOf(' ', start);
  const to = next < 0 ? text.length : next;
  const word = text.slice(from, to);
  const quoted: Fix[] = /['"]/.test(word)
    ? []
    : [{ kind: 'quote', about: word, text: `${text.slice(0, from)}'${word}'${text.slice(to)}` }];
  const first = text.slice(0, start).trimEnd();
  return /[;&|<>]/.test(text[start] ?? '')
    ? [{ kind: 'alone', about: first, text: first }, ...quoted]
    : quoted;
}

/** With kubectl in the place of a prompt, a path or a short name. */
function kubectlFirst(text: string): Fix {
  const [, rest = ''] = /^\s*(?:\$\s+)?(?:\S*kubectl\s+|k\s+)?(.*)$/.exec(text) ?? [];
  return { kind: 'kubectl', about: 'kubectl', text: `kubectl ${rest}` };
}

function faultyWords(text: string, { words, start, end }: Fault): Fix[] {
  if (words?.from === 0) return [kubectlFirst(text)];
  const faulty = text.slice(start, end);
  const rest = `${text.slice(0, start).trimEnd()} ${text.slice(end).trimStart()}`.trimEnd();
  return faulty.startsWith('-') ? [{ kind: 'remove', about: faulty, text: rest }] : [];
}

function safer(text: string, namespace: string | undefined, options: AssessOptions): Fix[] {
  const split = splitWords(text);
  const parsed = split.ok ? parseCommand(split.words) : undefined;
  if (!split.ok || parsed?.ok !== true) return [];
  const { flags } = parsed.command;
  const fixes: Fix[] = [];
  if (namespace !== undefined) {
    const { targets } = assessCommand(text, options);
    const everywhere = everywhereIn(text);
    if (everywhere !== undefined) {
      fixes.push({ kind: 'narrow', about: namespace, text: text.replace(everywhere, ` -n ${namespace}`) });
    } else if (!flags.has('namespace') && targets.some((target) => target.namespace !== undefined)) {
      fixes.push({ kind: 'namespace', about: namespace, text: withFlag(text, `-n ${namespace}`) });
    }
  }
  if (withDryRun(split.words, options) !== undefined) {
    const flag = '--dry-run=server';
    fixes.push({ kind: 'dry-run', about: flag, text: withFlag(text, flag) });
  }
  return fixes.filter(({ text: other }) => !assessCommand(other, options).rejected);
}

/** The flag for all namespaces, before a `--`. */
function everywhereIn(text: string): string | undefined {
  return /^(?:(?! -- ).)*?( (?:-A|--all-namespaces)(?:=true)?)(?= |$)/.exec(text)?.[1];
}

/** A flag more, at the end or before the words of a container's command. */
function withFlag(text: string, flag: string): string {
  const dashes = wordPlaces(text).find(({ start, end }) => text.slice(start, end) === '--');
  return dashes === undefined
    ? `${text.trimEnd()} ${flag}`
    : `${text.slice(0, dashes.start)}${flag} ${text.slice(dashes.start)}`;
}
