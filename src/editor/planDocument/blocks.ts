/** How a plan document's text is built: its sections, its steps and their parts, as `render.ts` writes them. Pure. */

/** Lines of the text that belong together, counted from 0. */
export interface Block {
  readonly kind: 'head' | 'section' | 'step' | 'part' | 'entry';
  /** Words of our own, never text from outside; of an entry its id. */
  readonly title: string;
  readonly line: number;
  /** The last line. */
  readonly end: number;
  readonly children: readonly Block[];
}

/** Where a step stands. */
export interface StepPlace {
  /** Which step of the run, from 0. */
  readonly index: number;
  readonly header: number;
  readonly end: number;
  /** The line of its command. */
  readonly command: number;
  /** Where the command begins in its line. */
  readonly start: number;
  /** The command as it stands there. */
  readonly text: string;
}

const stepHeader = /^Step (\d+) · (.*?)(?: · |$)/;
const sectionHeader = /^[A-Z][\w ()-]*$/;
const partHeader = /^ {2}([a-z][a-z ]{0,10}?) {2,}\S/;
/** A piece of evidence by its id, a finding by its name. */
const entryHeader = /^ {2}• (?:([er][\d-]+)(?= )|([A-Z][A-Za-z]+)(?=: ))?/;
const prompt = /^\s*(?:\$(?:\s+|$))?/;

/** The text's blocks in their order. */
export function blocks(text: string): Block[] {
  const lines = linesOf(text);
  const found: Block[] = [];
  let line = 0;
  while (line < lines.length) {
    if (lines[line]?.trim() === '') {
      line++;
      continue;
    }
    let end = line;
    while (end + 1 < lines.length && lines[end + 1]?.trim() !== '') end++;
    const block = blockOf(lines, line, end);
    if (block !== undefined) found.push(block);
    line = end + 1;
  }
  return found;
}

/** The text's steps. A line counts as a step only where its number is the next one. */
export function stepPlaces(text: string): StepPlace[] {
  const lines = linesOf(text);
  const places: StepPlace[] = [];
  for (const block of blocks(text)) {
    if (
      block.kind !== 'step' ||
      Number(stepHeader.exec(lines[block.line] ?? '')?.[1]) !== places.length + 1
    ) {
      continue;
    }
    const line = lines[block.line + 1] ?? '';
    const start = prompt.exec(line)?.[0].length ?? 0;
    places.push({
      index: places.length,
      header: block.line,
      end: block.end,
      command: block.line + 1,
      start,
      text: line.slice(start).trimEnd(),
    });
  }
  return places;
}

/** Lines as an editor counts them. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function blockOf(lines: readonly string[], line: number, end: number): Block | undefined {
  const first = lines[line] ?? '';
  const step = stepHeader.exec(first);
  if (step !== null) {
    return {
      kind: 'step',
      title: `Step ${step[1]} · ${step[2]}`,
      line,
      end,
      children: children(lines, line + 2, end, partHeader, 'part'),
    };
  }
  if (sectionHeader.test(first)) {
    return {
      kind: 'section',
      title: first,
      line,
      end,
      children: children(lines, line + 1, end, entryHeader, 'entry'),
    };
  }
  return first.startsWith('# ') ? { kind: 'head', title: 'Incident', line, end, children: [] } : undefined;
}

/** Each reaches to the line before the next. */
function children(
  lines: readonly string[],
  from: number,
  to: number,
  header: RegExp,
  kind: 'part' | 'entry',
): Block[] {
  const starts: { line: number; title: string }[] = [];
  for (let line = from; line <= to; line++) {
    const match = header.exec(lines[line] ?? '');
    if (match !== null) starts.push({ line, title: match[1] ?? match[2] ?? '' });
  }
  return starts.map(({ line, title }, index) => ({
    kind,
    title,
    line,
    end: (starts[index + 1]?.line ?? to + 1) - 1,
    children: [],
  }));
}
