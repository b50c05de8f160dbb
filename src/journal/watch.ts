/** Tells when other windows have written to a journal. */
import { statSync, watch } from 'node:fs';

/** How often it is looked where the file system does not tell of changes, milliseconds. */
const pollMs = 1000;

/** Which folder it is; undefined where there is none. */
function inode(directory: string): bigint | undefined {
  try {
    return statSync(directory, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}

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
    const folder = inode(directory);
    const watcher = watch(directory, { persistent: false }, (event, file) => {
      // Another folder in its place is not watched: whoever writes there would not be heard.
      if (event === 'rename' && inode(directory) !== folder) lookRegularly();
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
