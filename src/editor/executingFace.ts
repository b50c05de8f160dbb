/** What the status bar says while a command is carried out: what, where, since when. Pure. */
import type { RunView } from '../domain/run.ts';
import { exact, plain, withoutIcons } from './text.ts';

/** A step that is carried out in this window. */
export interface ExecutingStep {
  readonly runId: string;
  readonly title: string;
  readonly context: string;
  readonly command: string;
  /** Its command has run, and its effect is watched. */
  readonly isVerifying: boolean;
}

/** The steps that are carried out in these runs, in their order. */
export function executingSteps(views: readonly RunView[]): ExecutingStep[] {
  return views.flatMap(({ runId, title, context, steps }) =>
    steps
      .filter(({ state }) => state === 'executing' || state === 'verifying')
      .map(({ command, state }) => ({
        runId,
        title,
        context,
        command,
        isVerifying: state === 'verifying',
      })),
  );
}

/**
 * The item's texts.
 * @param first the step that has been carried out for the longest time
 * @param others how many more there are
 * @param seconds since it began
 */
export function executingFace(
  first: ExecutingStep,
  others: number,
  seconds: number,
): { text: string; tooltip: string; spoken: string } {
  const doing = first.isVerifying ? 'Verifying' : 'Executing';
  const context = plain(first.context, 60);
  const command = exact(first.command);
  const more = others === 0 ? '' : ` and ${others} more`;
  const short = plain(command.replace(/^kubectl /, ''), 40);
  return {
    text: `$(sync~spin) ${doing} ${withoutIcons(short)} · ${withoutIcons(context)} · ${seconds} s${more}`,
    tooltip: [
      `${doing} for ${seconds} s, in context ${context}${more === '' ? '' : `,${more}`}`,
      command,
      `Incident: ${plain(first.title, 120)}`,
      'Click to see the plan',
    ].join('\n'),
    // Without the seconds: what a screen reader says changes only with the deed.
    spoken: `Oncall: ${doing} ${command} in context ${context}${more}`,
  };
}
