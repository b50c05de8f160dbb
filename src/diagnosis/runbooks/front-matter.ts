/** The head of a runbook: YAML between two lines of `---`, which says what incidents it is for. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';

export const conditionNames = ['service', 'alert', 'namespace', 'kind', 'name'] as const;
export type ConditionName = (typeof conditionNames)[number];

/** Globs by what they are matched against; all that are given must fit, of each list one. */
export type Conditions = Readonly<Partial<Record<ConditionName, readonly string[]>>>;

export type FrontMatter =
  | {
      readonly kind: 'found';
      readonly conditions: Conditions;
      readonly title?: string;
      /** The first line after it, from 1. */
      readonly bodyLine: number;
    }
  /** The file has none: it is no runbook, and nothing is wrong with it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly line: number; readonly message: string };

const mostGlobs = 50;
const longestGlob = 256;

/** A mistake with its place; thrown and caught in this module. */
class Mistake extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Reads the front matter of a file's lines. Total: what is wrong is named with its line. */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  if (lines[0]?.replace(/^\uFEFF/, '').trimEnd() !== '---') return { kind: 'none' };
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  if (end < 0) {
    return {
      kind: 'broken',
      line: 1,
      message: 'the front matter that begins with --- has no --- at its end',
    };
  }
  try {
    return { kind: 'found', ...readYaml(lines.slice(1, end).join('\n')), bodyLine: end + 2 };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { kind: 'broken', line: error.line, message: error.message };
  }
}

function readYaml(text: string): { conditions: Conditions; title?: string } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  // The first line of the YAML is the second of the file.
  const lineAt = (offset: number | undefined): number => counter.linePos(offset ?? 0).line + 1;
  const [error] = document.errors;
  if (error !== undefined) {
    throw new Mistake(
      lineAt(error.pos[0]),
      `the front matter is not YAML: ${error.message.split('\n', 1)[0]}`,
    );
  }
  if (!isMap(document.contents)) {
    throw new Mistake(2, `the front matter must name at least one of ${conditionNames.join(', ')}`);
  }
  const conditions: Partial<Record<ConditionName, readonly string[]>> = {};
  let title: string | undefined;
  for (const { key, value } of document.contents.items) {
    const field = isScalar(key) ? String(key.value) : '';
    const line = lineAt((key as Node | null)?.range?.[0]);
    if (field === 'title' && isScalar(value)) title = String(value.value);
    if (!isConditionName(field)) continue;
    conditions[field] = globsOf(field, value, line);
  }
  if (Object.keys(conditions).length === 0) {
    throw new Mistake(2, `the front matter must name at least one of ${conditionNames.join(', ')}`);
  }
  return { conditions, ...(title === undefined ? {} : { title }) };
}

function isConditionName(field: string): field is ConditionName {
  return (conditionNames as readonly string[]).includes(field);
}

/** One pattern or a list of them. */
function globsOf(field: ConditionName, value: unknown, line: number): string[] {
  const nodes: readonly unknown[] = isSeq(value) ? value.items : [value];
  if (nodes.length === 0 || nodes.length > mostGlobs) {
    throw new Mistake(line, `${field} must be a pattern or a list of 1 to ${mostGlobs}`);
  }
  return nodes.map((node) => {
    if (isAlias(node)) {
      throw new Mistake(
        line,
        `${field}: a pattern that begins with * must stand in quotes: "*${node.source}"`,
      );
    }
    const text = isScalar(node) && node.value !== null ? String(node.value).trim() : '';
    if (text === '' || text.length > longestGlob) {
      throw new Mistake(
        line,
        `${field} must be a pattern of 1 to ${longestGlob} characters, or a list of such`,
      );
    }
    return text;
  });
}
