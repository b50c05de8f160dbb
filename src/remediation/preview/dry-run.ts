/** Runs the rehearsal of a command with kubectl, and reads what the API server said. */
import type { KubeObject } from '../../domain/kubernetes.ts';
import type { Rehearsal } from '../../domain/preview.ts';
import { execute, type ExecutionRequest } from '../execute.ts';
import type { Failure, FailureKind } from '../failure.ts';

/** Everything that an execution needs besides its words. */
export type KubectlPlace = Omit<
  ExecutionRequest,
  'argv' | 'input' | 'onLine' | 'onRawOutput' | 'maxOutputBytes'
>;

export interface Rehearsed {
  readonly rehearsal: Rehearsal;
  /** The objects as they would be, where kubectl prints them. */
  readonly objects: readonly KubeObject[];
}

/** What the API server says of the command itself, not of how it was asked. */
const refusals: ReadonlySet<FailureKind> = new Set([
  'refused',
  'quota',
  'forbidden',
  'conflict',
  'not-found',
]);
/** A webhook with side effects is never called in a dry run (`pkg/admission/plugin/webhook` of the API server). */
const cannotRehearse = /does ?n[o']t support dry.?run/i;
/** Objects beyond this are not read: nobody looks at so many. */
const mostCharacters = 8 * 1024 * 1024;

/** Runs one after the other, up to the first that does not succeed. */
export async function rehearse(
  commands: readonly (readonly string[])[],
  prints: boolean,
  place: KubectlPlace,
): Promise<Rehearsed> {
  const objects: KubeObject[] = [];
  for (const argv of commands) {
    const { failure, text } = await capture(argv, place);
    if (failure !== undefined) return { rehearsal: said(failure), objects: [] };
    if (prints) objects.push(...objectsIn(text));
  }
  return { rehearsal: { state: 'accepted' }, objects };
}

/** Runs a command for what it prints, as it prints it: unredacted, so it is not to be passed on. */
export async function capture(
  argv: readonly string[],
  place: KubectlPlace & Pick<ExecutionRequest, 'input'>,
): Promise<{ readonly failure: Failure | undefined; readonly text: string }> {
  let text = '';
  const { failure } = await execute({
    ...place,
    argv,
    onRawOutput: (piece) => {
      if (text.length < mostCharacters) text += piece;
    },
  });
  return { failure, text };
}

function said({ kind, message, next }: Failure): Rehearsal {
  return refusals.has(kind) && !cannotRehearse.test(message)
    ? { state: 'refused', message, next }
    : { state: 'unknown', reason: message };
}

/** kubectl prints several objects one after the other, or as a list. What is no object is passed over. */
export function objectsIn(text: string): KubeObject[] {
  return text.split(/(?<=^\})\n(?=\{)/m).flatMap((part) => {
    try {
      return flattened(JSON.parse(part));
    } catch {
      return [];
    }
  });
}

function flattened(value: unknown): KubeObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const object = value as KubeObject & { readonly items?: unknown };
  if (Array.isArray(object.items)) return object.items.flatMap(flattened);
  return typeof object.kind === 'string' && typeof object.metadata?.name === 'string' ? [object] : [];
}
