/**
 * A run in a process of its own that kills itself, as a power cut would, at one exact point. Started with {@link Order} as its
 * only argument; ends in the ordinary way only where the run comes to its end first.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { isOncallError } from '../../src/domain/error.ts';
import type { RecordType } from '../../src/domain/record.ts';
import { OncallAgent, type AgentOptions, type Alert } from '../../src/agent.ts';

/** Where it dies. Writes are counted from 1, those to the journal only. */
export type Death =
  | { readonly when: 'never' }
  /** Right after a write to the journal is on disk. */
  | { readonly when: 'written'; readonly write: number }
  /** With half of a write on disk. */
  | { readonly when: 'writing'; readonly write: number }
  /** As soon as the command says something: it has done its work by then, and nothing has been recorded of it. */
  | { readonly when: 'command-speaks' }
  /**
   * The window is closed or reloaded at that point: the agent is disposed, as on deactivation. `killed`: the editor does not
   * wait for it.
   */
  | {
      readonly when: 'window-ends';
      readonly at: RecordType | 'command-speaks';
      readonly killed: boolean;
    };

export interface Order {
  readonly agent: AgentOptions;
  readonly alert: Alert;
  readonly death: Death;
}

/** Takes effect before the next line runs: the signal cannot be caught. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

interface Writes {
  write(bytes: Buffer, from: number, length: number, position: number): Promise<{ bytesWritten: number }>;
}

/** Counts what goes to the journal: lines that begin as records do. */
async function dieAtWrite(death: Death): Promise<void> {
  const handle = await open(import.meta.filename);
  const files = Object.getPrototypeOf(handle) as FileHandle & Writes;
  await handle.close();
  const { write } = files as Writes;
  let writes = 0;
  (files as Writes).write = async function (this: Writes, bytes, from, length, position) {
    if (!Buffer.isBuffer(bytes) || !bytes.toString('latin1', 0, 10).startsWith('{"actor":'))
      return write.call(this, bytes, from, length, position);
    writes++;
    if (death.when === 'writing' && death.write === writes) {
      await write.call(this, bytes, from, length >> 1, position);
      die();
    }
    const written = await write.call(this, bytes, from, length, position);
    if (death.when === 'written' && death.write === writes) die();
    return written;
  };
}

const { agent: options, alert, death } = JSON.parse(process.argv[2] ?? '') as Order;
await dieAtWrite(death);
const agent = new OncallAgent({ ...options, environment: process.env });
try {
  await agent.connect();
  const { status } = await agent.handleAlert(alert, {
    triggeredBy: { type: 'system', name: 'automation' },
    onProgress: (event) => {
      if (event.type === 'output' && death.when === 'command-speaks') die();
      if (death.when !== 'window-ends') return;
      const point = event.type === 'output' ? 'command-speaks' : event.type === 'record' && event.record.type;
      if (point !== death.at) return;
      void agent.dispose();
      if (death.killed) die();
    },
  });
  console.log(status);
} catch (error) {
  if (!isOncallError(error)) throw error;
  console.log(error.code);
}
await agent.dispose();
