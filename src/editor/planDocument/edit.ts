/** A command that is being edited in the text of its plan: what was changed, and what there is to say about it. Pure. */
import type { Decision } from '../../domain/decision.ts';
import type { RiskAssessment } from '../../domain/risk.ts';
import { assessCommand, type AssessOptions } from '../../kubectl/assess.ts';
import { findFault } from '../../kubectl/fault.ts';
import { linesOf, stepPlaces, type StepPlace } from './blocks.ts';

/** What is edited: one step's command, in the plan's text as it was when the edit began. */
export interface EditBase {
  /** Which step of the run, from 0. */
  readonly index: number;
  readonly text: string;
}

export interface EditedText {
  /** Where the command stands now; undefined where its line cannot be told any more. */
  readonly place: StepPlace | undefined;
  /** Whether the command is another one. */
  readonly changed: boolean;
  /** Whether a line has come between the command and what follows it. */
  readonly broken: boolean;
  /** Lines outside the command that were changed, in the text as it is now. */
  readonly elsewhere: readonly number[];
}

/** What tells how a command is judged in the place where it would run. */
export interface Judge {
  readonly options: AssessOptions;
  readonly decide: (risk: RiskAssessment) => Decision;
}

/** Something to say about a part of a line; characters counted from 0, `end` not included. */
export interface Note {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: 'error' | 'warning' | 'information';
  /** `broken`, `elsewhere`, `fault`, `decision` or `risk`: what wording goes around `detail`. */
  readonly about: 'broken' | 'elsewhere' | 'fault' | 'decision' | 'risk';
  readonly detail: string;
}

/** Compares a text with the one that the edit began with. */
export function readEdit({ index, text: base }: EditBase, text: string): EditedText {
  const before = linesOf(base);
  const after = linesOf(text);
  const was = stepPlaces(base)[index];
  const place = stepPlaces(text)[index];
  if (was === undefined || place === undefined) {
    return { place: undefined, changed: false, broken: true, elsewhere: differences(before, after, 0) };
  }
  return {
    place,
    changed: place.text !== was.text,
    broken: after[place.command + 1] !== before[was.command + 1],
    elsewhere: [
      ...differences(before.slice(0, was.command), after.slice(0, place.command), 0),
      ...differences(before.slice(was.command + 1), after.slice(place.command + 1), place.command + 1),
    ],
  };
}

/** What stands against a text, and what to know of it. Empty where nothing was changed. */
export function notesOn(edited: EditedText, judge: Judge): Note[] {
  const { place, changed, broken, elsewhere } = edited;
  const outside = elsewhere.map((line): Note => ({
    ...wholeLine(line),
    severity: 'information',
    about: 'elsewhere',
    detail: '',
  }));
  if (place === undefined || broken) {
    const line = place?.command ?? elsewhere[0] ?? 0;
    return [{ ...wholeLine(line), severity: 'error', about: 'broken', detail: '' }];
  }
  return changed ? [...noteOnCommand(place, judge), ...outside] : outside;
}

/** What stands against a command where it is, whoever wrote it. */
export function noteOnCommand({ command: line, start, text }: StepPlace, judge: Judge): Note[] {
  const fault = findFault(text, judge.options);
  if (fault !== undefined) {
    const place = { line, start: start + fault.start, end: start + Math.max(fault.end, fault.start + 1) };
    return [{ ...place, severity: 'error', about: 'fault', detail: fault.reason }];
  }
  const risk = assessCommand(text, judge.options);
  const place = { line, start, end: start + text.length };
  const decision = judge.decide(risk);
  if (decision.outcome === 'refuse' || decision.outcome === 'preview') {
    return [{ ...place, severity: 'error', about: 'decision', detail: decision.reason }];
  }
  return risk.forbidden || risk.riskLevel === 'high'
    ? [{ ...place, severity: 'warning', about: 'risk', detail: risk.reason }]
    : [];
}

/** An editor marks no more than there is. */
const wholeLine = (line: number) => ({ line, start: 0, end: 10_000 });

/** The lines that differ; the first of them alone where lines came or went. */
function differences(before: readonly string[], after: readonly string[], offset: number): number[] {
  const differ = after.flatMap((line, index) => (line === before[index] ? [] : [index + offset]));
  if (before.length === after.length) return differ;
  return [differ[0] ?? Math.max(0, offset + after.length - 1)];
}
