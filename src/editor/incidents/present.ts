/** How an incident looks in the tree: pure, so that "what changed" can be told by comparing. */
import type { Incident } from '../../domain/incident.ts';
import type { RunPhase } from '../../domain/run.ts';
import { notice, plain } from '../text.ts';

/** What incidents are listed under. */
export type Grouping = 'status' | 'service' | 'urgency';

/** What a row says of the newest run for its incident. */
export interface RunMark {
  /** In words: `run: verifying`. */
  readonly words: string;
  /** One character beside the row, told apart without its colour. */
  readonly badge: string;
  /** A colour id of the editor's theme, or none. */
  readonly colour?: string;
}

const running = { badge: '▸', colour: 'charts.blue' };
const marks: Readonly<Record<RunPhase, Omit<RunMark, 'words'>>> = {
  detected: running,
  investigating: running,
  planned: running,
  'awaiting approval': { badge: '?', colour: 'list.warningForeground' },
  executing: running,
  verifying: running,
  resolved: { badge: '✓', colour: 'charts.green' },
  unresolved: { badge: '✗', colour: 'charts.red' },
  undone: { badge: '↶' },
  proposed: { badge: '≡' },
  stopped: { badge: '■' },
  interrupted: { badge: '!', colour: 'list.warningForeground' },
  'not seen': { badge: '!', colour: 'list.warningForeground' },
};

/** How the newest run marks its incident's row. */
export function runMark(phase: RunPhase, which = 'run'): RunMark {
  return { words: `${which}: ${phase}`, ...marks[phase] };
}

/** What a run is marked with that could not begin. */
export const failedMark: RunMark = {
  words: 'run: could not go on',
  badge: '✗',
  colour: 'charts.red',
};

/** Everything of a tree row that can change. All texts are plain. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** A colour id of the editor's theme, or none. */
  readonly colour: string | undefined;
  /** Read by screen readers in place of label and icon. */
  readonly spoken: string;
  /** What the row's menus depend on. */
  readonly contextValue: string;
  readonly mark: RunMark | undefined;
}

const icons = {
  triggered: { high: 'flame', low: 'warning' },
  acknowledged: { high: 'eye', low: 'eye' },
  resolved: { high: 'pass', low: 'pass' },
} as const;

/** Characters that fit into a row of a side bar of the width that it has at first. */
const columns = 31;
/** The same for a row below a section, less what stands beside the title. */
const columnsBelow = 24;
/** What a service is cut to where the title is long, and at most. */
const [leastService, mostService] = [9, 20];

/**
 * @param old how long ago the incident was opened, in words
 * @param of what the row stands under: a service's own rows need not name it
 */
export function rowOf(incident: Incident, old: string, of: Grouping = 'status', mark?: RunMark): Row {
  const title = titleOf(incident);
  const service = incident.service === undefined ? '' : plain(incident.service.name, 80);
  // The editor cuts off what stands last, and that must not be service and age: the title is shortened instead.
  const room = columns - old.length - 2;
  const short = withoutLabels(title, room - leastService);
  const beside =
    of === 'service'
      ? ''
      : middle(service, Math.max(leastService, Math.min(mostService, room - short.length)));
  return {
    label: middle(short, room - beside.length),
    description: beside === '' || old === '' ? old + beside : `${old} ${beside}`,
    icon: icons[incident.status][incident.urgency],
    colour:
      incident.status !== 'triggered'
        ? undefined
        : incident.urgency === 'high'
          ? 'list.errorForeground'
          : 'list.warningForeground',
    spoken: `${title}, ${incident.status}, ${incident.urgency} urgency${also(service)}${also(old)}${also(mark?.words ?? '')}`,
    contextValue: `incident.${incident.status}${browsableUrl(incident.url) === undefined ? '' : '.browsable'}${mark === undefined ? '' : '.run'}`,
    mark,
  };
}

function also(words: string): string {
  return words === '' ? '' : `, ${words}`;
}

/** An incident's title as one bounded line of plain text. */
function titleOf(incident: Incident): string {
  return withoutFiring(plain(incident.title, 200) || plain(incident.id, 40));
}

/** What everything from Alertmanager begins with tells none from another, and takes the room of what does. */
function withoutFiring(title: string): string {
  return title.startsWith('[') ? title.replace(/^\[FIRING:\d+\]\s*/, '') || title : title;
}

/** The title of an alert or of another incident below a row, short enough for its age to be seen beside it. */
export function titleBelow(text: string): string {
  return middle(withoutLabels(withoutFiring(plain(text, 200)), columnsBelow), columnsBelow);
}

/**
 * A title that is too long without what Alertmanager puts in brackets at its end: the values of labels, by their names'
 * alphabet. A mere alert name keeps the first of them, which tells it from its like.
 */
function withoutLabels(title: string, room: number): string {
  const begin = title.length > room && title.endsWith(')') ? title.lastIndexOf(' (') : -1;
  if (begin <= 0) return title;
  const name = title.slice(0, begin);
  if (name.includes(' ')) return name;
  const end = title.indexOf(' ', begin + 2);
  return `${name} ${title.slice(begin + 2, end < 0 ? -1 : end)}`.trimEnd();
}

/** A text with its middle left out where it is too long: beginning and end tell incidents apart. */
export function middle(text: string, max: number): string {
  // A character is one unit or two: what is far too long need not be taken apart as a whole.
  if (text.length <= max || (text.length <= 2 * max && Array.from(text).length <= max)) return text;
  const end = Math.floor((max - 1) / 3);
  const begin = max - 1 - end;
  // Without pairs of units a character is one: the rule in long lists.
  if (!/[\ud800-\udfff]/.test(text)) {
    return `${text.slice(0, begin).trimEnd()}…${text.slice(-end).trimStart()}`;
  }
  const first = Array.from(text.slice(0, 2 * begin)).slice(0, begin);
  const last = Array.from(text.slice(-2 * end)).slice(-end);
  return `${first.join('').trimEnd()}…${last.join('').trimStart()}`;
}

/** How an incident is called in questions and messages: one line, without links or icons. */
export function called(incident: Incident): string {
  return notice(middle(plain(incident.title, 200) || plain(incident.id, 40), 100));
}

/** What there is to read about an incident beside its row, as lines of plain text. */
export function tooltipOf(incident: Incident, mark?: RunMark): string {
  const people = (names: readonly string[]) =>
    names
      .slice(0, 10)
      .map((name) => plain(name, 60))
      .join(', ');
  const { service, priority, teams = [], triggersAgainAt } = incident;
  return [
    plain(incident.title, 600) || plain(incident.id, 40),
    `${incident.status}, ${incident.urgency} urgency${priority === undefined ? '' : `, ${plain(priority, 40)}`}`,
    service === undefined ? '' : `Service: ${plain(service.name, 80)}`,
    teams.length === 0 ? '' : `Team: ${people(teams.map(({ name }) => name))}`,
    incident.assignees.length === 0 ? '' : `Assigned to ${people(incident.assignees)}`,
    incident.acknowledgedBy.length === 0 ? '' : `Acknowledged by ${people(incident.acknowledgedBy)}`,
    triggersAgainAt === undefined ? '' : `Triggers again at ${new Date(triggersAgainAt).toLocaleString()}`,
    `Opened ${new Date(incident.createdAt).toLocaleString()}`,
    incident.number === undefined
      ? `Id ${plain(incident.id, 40)}`
      : `Number ${incident.number}, id ${plain(incident.id, 40)}`,
    mark === undefined ? '' : `Latest ${mark.words}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Whether two rows look the same. */
export function sameRow(a: Row, b: Row): boolean {
  if (a === b) return true;
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.icon === b.icon &&
    a.colour === b.colour &&
    a.spoken === b.spoken &&
    a.contextValue === b.contextValue &&
    sameMark(a.mark, b.mark)
  );
}

/** Whether two marks look the same. */
export function sameMark(a: RunMark | undefined, b: RunMark | undefined): boolean {
  return a?.badge === b?.badge && a?.words === b?.words;
}

/**
 * The address to open for an incident, where it is safe to open: https, or http on loopback (practice).
 * Anything else, such as `file:` or `command:`, is not an address of PagerDuty.
 */
export function browsableUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  // What PagerDuty sends is seen at a glance; everything else is taken apart.
  if (/^https:\/\/[a-z0-9.-]+\/[A-Za-z0-9/_-]*$/.test(url)) return url;
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') return undefined;
  if (parsed.protocol === 'https:') return parsed.href;
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
  return parsed.protocol === 'http:' && loopback ? parsed.href : undefined;
}
