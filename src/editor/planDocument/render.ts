/** The plan document's text: a pure function of a run. `blocks.ts` reads it back. */
import type { Evidence, EvidenceSource } from '../../domain/diagnosis.ts';
import { noConfidence, proposerWords } from '../../domain/authorship.ts';
import { describeRef } from '../../domain/kubernetes.ts';
import { takesBack, type GitOpsMark } from '../../domain/plan.ts';
import { reachWords, rehearsalWords } from '../../domain/preview.ts';
import type { RunView, StepView } from '../../domain/run.ts';
import { exact, plain, plainLines } from '../text.ts';
import { duration, percent } from '../../domain/words.ts';
import { modeWords, stepState } from '../words.ts';

/** What is going on right now and is kept nowhere. */
export interface LiveText {
  /** By step id, or by the empty string where it is about the run: `2 of 3 replicas ready`. */
  readonly progress: ReadonlyMap<string, string>;
  /** By step id: the lines that the running command has printed. */
  readonly output: ReadonlyMap<string, readonly string[]>;
  /** Why the run could not go on, where no record says it. */
  readonly failure?: string | undefined;
  /** Whether it is a rehearsal. */
  readonly practice?: boolean;
  /** Why the plan is outdated: what others did since; a sentence. */
  readonly outdated?: string;
}

const nothingLive: LiveText = { progress: new Map(), output: new Map() };
const label = (word: string) => `  ${word.padEnd(11)} `;
const continued = ' '.repeat(14);
/** Begins the block of a manifest's change. */
export const manifestHeader = label('manifest');
/** Before free text, so that no text can pose as a command or a label. */
const bullet = '  • ';

/**
 * Renders a run: what is wrong, then what to do about it, then what that is founded on.
 * Every text from outside stands behind a bullet or a label, so that it cannot pose as a heading or a command.
 */
export function renderPlan(view: RunView, live: LiveText = nothingLive): string {
  const lines: string[] = [...header(view, live), ...cause(view)];
  for (const [index, step] of view.steps.entries()) lines.push('', ...stepBlock(view, step, index, live));
  if (view.steps.length === 0 && view.diagnosis !== undefined) {
    lines.push('', 'No step is proposed');
  }
  if (live.failure !== undefined) lines.push(...section('Error', [plain(live.failure, 1000)]));
  if (view.message !== undefined) lines.push(...section('Outcome', [plain(view.message, 1000)]));
  if (view.target === undefined && view.candidates !== undefined) {
    lines.push(
      ...section(
        'It may be about',
        view.candidates.map(
          ({ target, reason }) => `${plain(describeRef(target), 200)}: ${plain(reason, 300)}`,
        ),
      ),
    );
  }
  lines.push(...grounds(view));
  return `${lines.join('\n')}\n`;
}

/** What stands there before the first record of a run is written. */
export function renderStart(
  start: { readonly title: string; readonly incidentId: string; readonly failure?: string } | undefined,
): string {
  if (start === undefined) return 'This run is not in the journal that is open now.\n';
  const state =
    start.failure === undefined
      ? [`${label('state')}asking PagerDuty and the cluster`]
      : [`${label('state')}could not start`, '', 'Error', `${bullet}${plain(start.failure, 1000)}`];
  return [
    `# ${plain(start.title, 200)}`,
    `${label('incident')}${plain(start.incidentId, 120)}`,
    ...state,
    '',
  ].join('\n');
}

function header(view: RunView, live: LiveText): string[] {
  const about = [
    view.incidentId,
    view.service,
    view.urgency === undefined ? undefined : `${view.urgency} urgency`,
  ];
  const progress = live.progress.get('');
  return [
    `# ${plain(view.title, 200)}`,
    ...(live.practice === true
      ? [`${label('practice')}this incident and its cluster are stand-ins on this machine`]
      : []),
    `${label('incident')}${about
      .filter((part) => part !== undefined)
      .map((part) => plain(part, 120))
      .join(' · ')}`,
    `${label('target')}${
      view.target === undefined
        ? 'not known yet'
        : `${plain(describeRef(view.target), 200)}${view.targetReason === undefined ? '' : ` (${plain(view.targetReason, 200)})`}`
    }`,
    ...(view.targetDoubt === undefined ? [] : [`${label('doubt')}${plain(view.targetDoubt, 400)}`]),
    `${label('context')}${plain(view.context, 200)}`,
    `${label('mode')}${modeWords[view.mode].label}: ${modeWords[view.mode].meaning}`,
    `${label('state')}${view.phase}${progress === undefined ? '' : ` · ${plain(progress, 200)}`}`,
    ...(live.outdated === undefined ? [] : [`${label('outdated')}${plain(live.outdated, 300)}`]),
  ];
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ['', title, ...entries.map((entry) => bullet + entry)];
}

function cause({ diagnosis }: RunView): string[] {
  if (diagnosis === undefined) return [];
  const { rootCause, summary, engine, findings, notes, runbooks = [] } = diagnosis;
  const said = [...new Set([rootCause, summary])].filter((text) => text !== '');
  return [
    ...section(
      `Cause (${engine === 'claude' ? 'Claude' : 'built-in diagnosis'})`,
      (said.length === 0 ? ['not known'] : said).map((text) => plain(text, 1500)),
    ),
    ...section(
      'Findings (established by rule)',
      findings.map((finding) => `${finding.name}: ${plain(finding.summary, 500)}${cited(finding.evidence)}`),
    ),
    ...section(
      'Runbooks',
      runbooks.map(
        ({ title, why, evidence }) =>
          `${plain(title, 200)}: ${plain(why.join(', '), 300)}${cited([evidence])}`,
      ),
    ),
    ...section(
      'Notes',
      notes.map((note) => plain(note, 500)),
    ),
  ];
}

function grounds({ diagnosis }: RunView): string[] {
  if (diagnosis === undefined) return [];
  return [
    ...section(
      'Hypotheses (guesses)',
      diagnosis.hypotheses.map((guess) => `${plain(guess.statement, 500)}${cited(guess.evidence)}`),
    ),
    ...section('Evidence', diagnosis.evidence.map(evidenceLine)),
    ...section(
      'Could not be read',
      diagnosis.gaps.map((gap) => `${plain(gap.what, 200)}: ${plain(gap.reason, 300)}`),
    ),
  ];
}

function evidenceLine(evidence: Evidence): string {
  return `${plain(evidence.id, 12).padEnd(4)} ${plain(evidence.summary, 300)}  ← ${sourceWords(evidence.source)}`;
}

/** Where a piece of evidence was read, for people. */
export function sourceWords(source: EvidenceSource): string {
  if (source.type === 'pagerduty') return `PagerDuty ${source.what} ${plain(source.id, 60)}`;
  if (source.type === 'runbook') return `runbook ${exact(source.path)}:${source.line}`;
  const ref = plain(describeRef(source.ref), 200);
  switch (source.type) {
    case 'object':
      return `${ref} ${plain(source.path, 120)}`;
    case 'event':
      return `event ${plain(source.reason, 80)} of ${ref}`;
    case 'logs':
      return `${source.previous ? 'previous log' : 'log'} of ${ref}, container ${plain(source.container, 80)}`;
    case 'list':
      return `list of ${ref}`;
    case 'review':
      return `access review of ${ref} (${plain(`${source.verb} ${source.resource}`, 80)})`;
  }
}

const cited = (ids: readonly string[]) =>
  ids.length === 0 ? '' : ` [${ids.map((id) => plain(id, 12)).join(', ')}]`;

/** A step's lines: its heading, its command, and what there is to know about it. */
function stepBlock(view: RunView, step: StepView, index: number, live: LiveText): string[] {
  const progress = live.progress.get(step.id);
  const title = step.undoes === undefined ? step.action : `undo of ${plain(step.undoes, 40)}`;
  const words = stepState(view.phase, step.state).label;
  const state = progress === undefined ? words : `${words} · ${plain(progress, 200)}`;
  const lines = [`Step ${index + 1} · ${title} · ${state}`, `  $ ${exact(step.command)}`];
  const add = (word: string, text: string) => lines.push(`${label(word)}${plain(text, 1000)}`);
  add('risk', `${riskWords(step)}: ${step.risk.reason}`);
  for (const [word, text] of authorship(step)) lines.push(`${label(word)}${text}`);
  const [only, ...others] = step.confidenceParts;
  if (step.editedBy !== undefined) add('confidence', noConfidence(step.editedBy));
  else if (only !== undefined && others.length === 0) {
    add('confidence', `${percent(step.confidence)}: ${only.label}`);
  } else {
    add('confidence', percent(step.confidence));
    for (const part of step.confidenceParts)
      lines.push(`${continued}${percent(part.value).padEnd(6)} ${plain(part.label, 300)}`);
  }
  add('decision', `${step.decision.outcome}: ${step.decision.reason}`);
  if (step.editedBy === undefined) add('why', `${step.rationale}${cited(step.evidence)}`);
  if (step.said !== undefined) add('Claude', step.said);
  add('verified', step.verificationText);
  if (step.undo !== undefined)
    lines.push(`${label('undo')}${exact(step.undo.command)} (${plain(step.undo.summary, 300)})`);
  if (step.gitops !== undefined) add('managed', managedWords(step.gitops));
  if (step.manifestChange?.diff === '') add('manifest', 'says it already: it only has to be applied again');
  else if (step.manifestChange !== undefined) {
    const { diff, from } = step.manifestChange;
    const origin = from === 'last-applied' ? 'what was applied last' : 'the object in the cluster';
    lines.push(`${manifestHeader}the change to make there, worked out from ${origin}`);
    lines.push(...plainLines(diff, 400).map((line) => `${continued}| ${line}`));
  }
  lines.push(...previewLines(step));
  if (step.approvedBy !== undefined) add('approved', `by ${step.approvedBy}`);
  if (step.dryRun !== undefined) {
    lines.push(`${label('dry run')}exit code ${step.dryRun.exitCode}`, ...outputLines(step.dryRun.output));
  }
  lines.push(...outcomeLines(step, live));
  return lines;
}

/** Who proposed the command; where people changed it, what was proposed and what they made of it. */
function authorship({ proposed, edits }: StepView): (readonly [string, string])[] {
  return [
    ...(proposed === undefined
      ? []
      : [
          [
            'proposed',
            `by ${proposerWords(proposed.by)}${edits === undefined ? '' : `: ${exact(proposed.command)}`}`,
          ] as const,
        ]),
    ...(edits ?? []).map(
      ({ by, time, command }) =>
        ['edited', `by ${plain(by, 80)} at ${plain(time, 40)}: ${exact(command)}`] as const,
    ),
  ];
}

/** What the command would do: how far it reaches first, then what the API server said, then what is different. */
/** Once it ran, what the API server foretold is told no more. */
function previewLines({ preview, gitops, outcome }: StepView): string[] {
  if (preview === undefined) return [];
  const [first = '', ...further] = reachWords(preview.reach, gitops);
  return [
    `${label('reach')}${plain(first, 400)}`,
    ...[...further, ...preview.gaps].map((text) => `${continued}${plain(text, 400)}`),
    ...(outcome?.exitCode === undefined
      ? [`${label('rehearsed')}${plain(rehearsalWords(preview.rehearsal), 1000)}`]
      : []),
    ...preview.changes.flatMap(({ ref, diff }) => [
      `${label('changes')}${plain(describeRef(ref), 200)}${diff === '' ? ': values that are not shown' : ''}`,
      ...plainLines(diff, 400).flatMap((line) => (line === '' ? [] : [`${continued}| ${line}`])),
    ]),
  ];
}

/** Who else decides what the object says, and what that means for the command. */
function managedWords(mark: GitOpsMark): string {
  const { tool, owner, source = {} } = mark;
  const from = [
    source.repository,
    source.path,
    source.revision,
    source.chart && `chart ${source.chart}`,
  ].filter((part) => part !== undefined);
  const who = [`by ${tool}`, owner, ...(from.length === 0 ? [] : [`from ${from.join(' ')}`])].filter(
    (part) => part !== '',
  );
  return `${who.join(' ')}: ${
    takesBack(mark)
      ? 'what kubectl changes is taken back, make the change in Git'
      : 'what kubectl changes is lost with the next upgrade, change the chart or its values as well'
  }`;
}

function outcomeLines(step: StepView, live: LiveText): string[] {
  const outcome = step.outcome;
  const streamed = live.output.get(step.id);
  // Before its turn a step has no outcome but the reason of its decision, which stands there already.
  if (outcome === undefined || step.state === 'pending' || step.state === 'awaiting-approval')
    return streamed === undefined ? [] : outputLines(streamed.join('\n'));
  const facts = [
    plain(outcome.message, 1000),
    outcome.exitCode === undefined ? undefined : `exit code ${outcome.exitCode}`,
    outcome.durationMs === undefined ? undefined : duration(outcome.durationMs),
  ].filter((fact) => fact !== undefined && fact !== '');
  const output = outcome.output ?? streamed?.join('\n') ?? '';
  const seen = (outcome.evidence ?? []).map((line) => `${label('last seen')}${plain(line, 300)}`);
  return [`${label('outcome')}${facts.join(' · ')}`, ...seen, ...outputLines(output)];
}

const outputLines = (output: string) =>
  output.trim() === '' ? [] : plainLines(output, 60).map((line) => `${continued}| ${line}`);

/** The risk in as few words as a line's end has room for. */
export function riskMark(step: Pick<StepView, 'risk'>): string {
  const { rejected, forbidden, riskLevel } = step.risk;
  return rejected ? 'rejected' : forbidden ? 'forbidden' : riskLevel;
}

/** The risk in words: `high, forbidden`, `medium`. */
export function riskWords(step: Pick<StepView, 'risk'>): string {
  const { risk } = step;
  if (risk.rejected) return 'rejected';
  return [
    risk.riskLevel,
    risk.forbidden ? 'forbidden without typing the name' : undefined,
    risk.mutates ? undefined : 'reads only',
    risk.mutates && !risk.reversible ? 'cannot be undone' : undefined,
  ]
    .filter((word) => word !== undefined)
    .join(', ');
}
