/**
 * A window of its own: appends records until it has enough of them or one is refused, and reads along meanwhile.
 * `node writer.ts DIRECTORY COUNT`; prints {@link Written}.
 */
import { isOncallError } from '../../../src/domain/error.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { fresh } from './records.ts';

export interface Written {
  /** How many were on disk when the journal said so. */
  readonly kept: number;
  /** The code of what the first refused record met with. */
  readonly refused?: string;
  /** How many resets the last look counted, those of other windows included. */
  readonly seen: number;
}

const [directory = '', count = ''] = process.argv.slice(2);
const journal = new Journal({ directory });
await journal.open();
const was = { state: 'open', consecutiveFailures: 5 } as const;
let kept = 0;
let refused: string | undefined;
while (kept < Number(count) && refused === undefined) {
  try {
    await journal.append(fresh('BreakerReset', { was }));
    kept++;
  } catch (error) {
    refused = isOncallError(error) ? error.code : String(error);
  }
  if (kept % 20 === 0) await journal.history();
}
const seen = (await journal.history()).breakerEvents.length;
await journal.close();
const written: Written = { kept, seen, ...(refused === undefined ? {} : { refused }) };
console.log(JSON.stringify(written));
