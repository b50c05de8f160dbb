/** The face of a tool that reads. */
import type * as z from 'zod/mini';
import type { EvidenceSource } from '../../../domain/diagnosis.ts';
import type { ReadableCluster } from '../../read.ts';
import type { Scope } from './scope.ts';

/** What a tool works with. Its cluster lets no credential out. */
export interface ToolContext {
  readonly cluster: ReadableCluster;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

/** What a tool read: one piece of evidence. */
export interface Found {
  readonly source: EvidenceSource;
  /** One line for people. */
  readonly summary: string;
  /** Text, or anything that JSON can say. */
  readonly data: unknown;
}

/** Changes nothing, whatever its input. */
export interface ReadingTool<Input = unknown> {
  readonly name: string;
  /** For the model: what it gives and when it helps. */
  readonly description: string;
  readonly input: z.ZodMiniType<Input>;
  /** For the model, when the result does not fit: how to ask for less. */
  readonly narrower: string;
  /** What goes on, for people. */
  progress(input: Input): string;
  /** @throws WrongCall, OncallError */
  read(input: Input, context: ToolContext): Promise<Found>;
}

/** A call that cannot be answered as it is; the message is for the model. */
export class WrongCall extends Error {}
