/** What differs between two texts, line by line, in the unified format that `diff -u` and Git write. */

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Longer texts are shown as replaced from the first difference to the last: the table below grows with the square. */
const mostLines = 2000;

/**
 * @param names of the two texts, for the head
 * @param context how many equal lines stand around a difference
 * @returns empty where nothing differs; otherwise every line ends in a line break
 */
export function unifiedDiff(
  before: readonly string[],
  after: readonly string[],
  names: { readonly before: string; readonly after: string },
  context = 3,
): string {
  const edits = editsBetween(before, after);
  const hunks = hunksOf(edits, context);
  if (hunks.length === 0) return '';
  const text = hunks.flatMap(([from, to]) => [headOf(edits, from, to), ...edits.slice(from, to).map(show)]);
  return `${[`--- ${names.before}`, `+++ ${names.after}`, ...text].join('\n')}\n`;
}

const show = ({ sign, line }: Edit): string => `${sign}${line}`;

function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const same = (line: string): Edit => ({ sign: ' ', line });
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  return [
    ...before.slice(0, start).map(same),
    ...(Math.max(old.length, now.length) > mostLines ? replaced(old, now) : shortest(old, now)),
    ...before.slice(before.length - end).map(same),
  ];
}

function replaced(old: readonly string[], now: readonly string[]): Edit[] {
  return [
    ...old.map((line): Edit => ({ sign: '-', line })),
    ...now.map((line): Edit => ({ sign: '+', line })),
  ];
}

/** By the longest common subsequence, removals before additions. */
function shortest(old: readonly string[], now: readonly string[]): Edit[] {
  const width = now.length + 1;
  // common[i * width + j]: how many lines old[i..] and now[j..] have in common at most.
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const [removed, added] = [old[i], now[j]];
    if (removed !== undefined && removed === added) {
      edits.push({ sign: ' ', line: removed });
      i++;
      j++;
    } else if (removed !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ sign: '-', line: removed });
      i++;
    } else {
      edits.push({ sign: '+', line: added ?? '' });
      j++;
    }
  }
  return edits;
}

/** Stretches of edits with their context, from and to, those that touch joined. */
function hunksOf(edits: readonly Edit[], context: number): [number, number][] {
  const hunks: [number, number][] = [];
  edits.forEach(({ sign }, index) => {
    if (sign === ' ') return;
    const from = Math.max(0, index - context);
    const to = Math.min(edits.length, index + context + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  });
  return hunks;
}

/** `@@ -1,7 +1,8 @@`; a side without lines names the line before it. */
function headOf(edits: readonly Edit[], from: number, to: number): string {
  const side = (other: '-' | '+'): string => {
    const count = (part: readonly Edit[]): number => part.filter(({ sign }) => sign !== other).length;
    const before = count(edits.slice(0, from));
    const lines = count(edits.slice(from, to));
    return `${lines === 0 ? before : before + 1}${lines === 1 ? '' : `,${lines}`}`;
  };
  return `@@ -${side('+')} +${side('-')} @@`;
}
