/** What a preview may start: nobody has approved it, and by itself runs what is low, as everywhere. */
import { assessCommand } from '../../kubectl/assess.ts';
import { readManifest } from '../../kubectl/manifest.ts';
import type { AssessmentScope } from '../planning.ts';

/** @param input what the command reads from standard input */
export function isLow(command: readonly string[], scope: AssessmentScope, input?: string): boolean {
  const { riskLevel, mutates, sensitive, rejected, forbidden } = assessCommand(command, {
    ...scope,
    ...(input === undefined ? {} : { manifest: readManifest(input) }),
  });
  return riskLevel === 'low' && !mutates && !sensitive && !rejected && !forbidden;
}
