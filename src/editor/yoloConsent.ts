/** What the YOLO gate needs of the editor. The question itself is loaded when it is asked. */
import type { Memento } from 'vscode';
import type { Output } from './output.ts';
import type { YoloGateParts } from './yoloGate.ts';

/** @param load loads what asks a person */
export function yoloConsent(
  memory: Memento,
  output: Output,
  load: () => Promise<{ readonly yolo: Pick<YoloGateParts, 'ask' | 'putBack'> }>,
): YoloGateParts {
  return {
    memory,
    log: (message) => output.info(message),
    ask: async (...asked) => (await load()).yolo.ask(...asked),
    putBack: async (mode) => (await load()).yolo.putBack(mode),
  };
}
