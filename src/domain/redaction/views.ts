/**
 * A text as it reads once its escapes are undone: inside JSON (also JSON inside JSON) and inside addresses, and
 * without what collectors of logs put before each line.
 * What is found in a view is traced back to the text itself, so that every rule is written once, for plain text.
 */

export interface View {
  readonly text: string;
  /** Where each character, and the end, stands in the text itself; absent where the view is the text itself. */
  readonly at?: Uint32Array;
}

const mostViews = 8;
const simple: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '/': '/',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The text itself and, where it holds escapes, what becomes of it without them, layer by layer. */
export function viewsOf(text: string): View[] {
  const views: View[] = [{ text }];
  for (let index = 0; index < views.length && views.length < mostViews; index++) {
    const view = views[index] as View;
    for (const decoded of [withoutBackslashes(view), withoutPercents(view), withoutPrefixes(view)]) {
      if (decoded !== undefined && !views.some((known) => known.text === decoded.text)) views.push(decoded);
    }
  }
  return views.slice(0, mostViews);
}

/** The innermost reading of a credential, so that it is the same one however it was written. */
export function plainest(secret: string): string {
  let text = secret;
  for (let layer = 0; layer < 4; layer++) {
    const next = withoutPercents({ text })?.text ?? withoutBackslashes({ text })?.text;
    if (next === undefined || next === text) break;
    text = next;
  }
  return text.trim();
}

function withoutBackslashes(view: View): View | undefined {
  if (!view.text.includes('\\')) return undefined;
  return decode(view, /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrtbf/"'\\]))/g, (match) => {
    const code = match[1] ?? match[2];
    return code === undefined ? (simple[match[3] ?? ''] ?? '') : String.fromCharCode(parseInt(code, 16));
  });
}

function withoutPercents(view: View): View | undefined {
  if (!view.text.includes('%')) return undefined;
  return decode(view, /(?:%[0-9a-fA-F]{2})+/g, ([run]) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    const utf8 = bytes.toString('utf8');
    return utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8;
  });
}

/** The time, the stream, the name of the pod and the level, as CRI, kubectl, klog and most loggers write them. */
const prefix = new RegExp(
  '^(?:\\d{4}-\\d\\d-\\d\\d[T ][\\d:.,]{5,20}(?:Z|[+-]\\d\\d:?\\d\\d)?[ \\t]+)?' +
    '(?:[IWEF]\\d{4} [\\d:.]{8,20}\\s{1,8}\\d{1,8} [\\w.-]{1,80}:\\d{1,6}\\] )?' +
    '(?:(?:stdout|stderr) [FP] )?(?:\\[[^\\]\\n]{1,100}\\] )?' +
    '(?:\\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\\]?:? )?',
  'gm',
);

function withoutPrefixes(view: View): View | undefined {
  // They are in the way only where something goes over lines, or fills one.
  if (!/^(?:\d{4}-|[IWEF]\d{4} |std|\[|[A-Z]{4})/m.test(view.text)) return undefined;
  return decode(view, prefix, () => '');
}

function decode(view: View, escape: RegExp, read: (match: RegExpExecArray) => string): View | undefined {
  const { text } = view;
  const matches = text.matchAll(escape);
  let match = matches.next().value;
  while (match?.[0] === '') match = matches.next().value;
  if (match === undefined) return undefined;
  const at = new Uint32Array(text.length + 1);
  const origin = (index: number): number => view.at?.[index] ?? index;
  let out = '';
  let from = 0;
  const copy = (to: number): void => {
    for (let index = from; index < to; index++) at[out.length + index - from] = origin(index);
    out += text.slice(from, to);
  };
  for (; match !== undefined; match = matches.next().value) {
    copy(match.index);
    const decoded = read(match);
    const width = match[0].length / Math.max(1, decoded.length);
    for (let index = 0; index < decoded.length; index++) {
      at[out.length + index] = origin(match.index + Math.floor(index * width));
    }
    out += decoded;
    from = match.index + match[0].length;
  }
  copy(text.length);
  at[out.length] = origin(text.length);
  return { text: out, at: at.subarray(0, out.length + 1) };
}
