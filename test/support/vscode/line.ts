/** The line between the window and VS Code's server, which can be made as slow as one to a machine far away. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Line {
  /** The workbench's address, over this line. */
  readonly url: string;
  /** How long, from now on, whatever the window sends is under way. */
  delay(milliseconds: number): void;
  close(): Promise<void>;
}

/** @param url the workbench's own address */
export async function openLine(url: string): Promise<Line> {
  const { hostname, port } = new URL(url);
  let milliseconds = 0;
  const sockets = new Set<Socket>();
  const server = createServer((window) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [window, far],
      [far, window],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    far.pipe(window);
    // Each piece waits for the one before, too: nothing overtakes where the delay becomes shorter.
    let sent: Promise<unknown> = Promise.resolve();
    window.on('data', (piece: Buffer) => {
      sent = Promise.all([sent, pause(milliseconds)]).then(() => far.write(piece));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const over = new URL(url);
  over.port = String((server.address() as AddressInfo).port);
  return {
    url: over.href,
    delay(wanted) {
      milliseconds = wanted;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
