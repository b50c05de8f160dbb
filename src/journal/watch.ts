/** Tells when other windows have written to a journal. */
import { watch } from 'node:fs';

/** How often it is looked where the file system does not tell of changes, milliseconds. */
const pollMs = 1000;

/**
 * Calls `onChange` soon after a file of the directory has changed, for as long as it is not stopped. It may be called without a change.
 * @param isOwn whether a file is written by this window: nothing is told of those
 * @returns stops it
 */
export function watchJournal(
  directory: string,
  isOwn: (file: string) => boolean,
  onChange: () => void,
): () => void {
  let poll: NodeJS.Timeout | undefined;
  const lookRegularly = () => {
    poll ??= setInterval(onChange, pollMs).unref();
  };
  try {
    const watcher = watch(directory, { persistent: false }, (_event, file) => {
      if (file === null || !isOwn(file)) onChange();
    });
    // Network shares, and systems that have run out of watches.
    watcher.on('error', lookRegularly);
    return () => {
      watcher.close();
      clearInterval(poll);
    };
  } catch {
    lookRegularly();
    return () => clearInterval(poll);
  }
}
