/** A command in coloured pieces, read by the grammar that judges it. Pure. */
import { parseCommand, type Command } from '../kubectl/grammar.ts';
import { resolveType } from '../kubectl/resources.ts';
import { quoteWords } from '../kubectl/words.ts';
import type { CommandToken, TokenKind } from '../ipc/plan.ts';

/** The longest command that is coloured; what is longer is shown as it is. */
const longest = 4000;

/** @returns pieces that, put together, are the command as `quoteWords` writes it */
export function commandTokens(argv: readonly string[]): CommandToken[] {
  const whole = quoteWords(argv);
  const parsed = parseCommand(argv);
  if (!parsed.ok || whole.length > longest) return [{ text: whole, kind: 'plain' }];
  const kinds = kindsOf(argv, parsed.command);
  const tokens: CommandToken[] = [];
  for (const [index, word] of argv.entries()) {
    // Quoted with what stands before it: only the first word may not look like an assignment.
    const shown = quoteWords(index === 0 ? [word] : ['kubectl', word]).slice(index === 0 ? 0 : 8);
    if (index > 0) tokens.push({ text: ' ', kind: 'plain' });
    tokens.push(...split(shown, kinds[index] ?? 'plain'));
  }
  return tokens;
}

/** A flag's value and an object's name are pieces of their own. */
function split(shown: string, kind: TokenKind): CommandToken[] {
  const separator = kind === 'flag' ? '=' : kind === 'type' ? '/' : undefined;
  const at = separator === undefined || /^['"$]/.test(shown) ? -1 : shown.indexOf(separator);
  if (at < 0) return [{ text: shown, kind }];
  return [
    { text: shown.slice(0, at), kind },
    { text: shown.slice(at, at + 1), kind: 'plain' },
    { text: shown.slice(at + 1), kind: kind === 'flag' ? 'value' : 'name' },
  ];
}

/** What each word of a command is. */
function kindsOf(argv: readonly string[], { verb, words }: Command): TokenKind[] {
  const kinds: TokenKind[] = ['program'];
  let verbs = verb.name.split(' ').length;
  let rest = 0;
  for (let index = 1; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      kinds.push('flag', ...argv.slice(index + 1).map(() => 'plain' as const));
      return kinds;
    }
    if (word.startsWith('-') && word !== '-') {
      kinds.push('flag');
      if (takesNext(word, verb)) {
        kinds.push('value');
        index++;
      }
    } else if (verbs > 0) {
      kinds.push('verb');
      verbs--;
    } else {
      kinds.push(wordKind(word, rest === 0 && words.length > 0));
      rest++;
    }
  }
  return kinds;
}

function wordKind(word: string, first: boolean): TokenKind {
  const [type = ''] = word.split(/[/,]/, 1);
  if (word.includes('/') && resolveType(type) !== undefined) return 'type';
  if (first && resolveType(type) !== undefined) return 'type';
  return word.includes('=') ? 'value' : 'name';
}

/** Whether the value of a flag is the word after it. */
function takesNext(word: string, { flags, shorts }: Command['verb']): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--')) return flags.get(word.slice(2))?.kind === 'value';
  // `-it`: letters that take nothing, and perhaps one at the end that takes the next word.
  const at = [...word.slice(1)].findIndex((letter) => shorts.get(letter)?.kind === 'value');
  return at === word.length - 2;
}
