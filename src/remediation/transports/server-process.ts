/** An MCP server as a process of ours, spoken to over its stdin and stdout. */
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { redact } from '../../domain/redaction.ts';
import { cleanedEnvironment } from '../../cluster/environment.ts';
import { plainLine } from '../plain-text.ts';

const ownGroup = process.platform !== 'win32';
/** How long the server may take to end once its stdin is closed, and then after SIGTERM: it is told quickly, and then has time. */
const graceMs = { soft: 500, hard: 3000 };
/** Larger messages are none that a step could wait for. */
const maxMessageBytes = 4 * 1024 * 1024;
const saidTail = 4000;

/**
 * Unlike the SDK's own: no shell, a cleaned environment and nothing added to it, and a process group of its own, so that
 * credential plugins end with the server.
 */
export class ServerProcess implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  private readonly program: string;
  private readonly args: readonly string[];
  private readonly env: NodeJS.ProcessEnv;
  private readonly incoming = new ReadBuffer({ maxBufferSize: maxMessageBytes });
  private child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  private stderr = '';
  private readonly ended: Promise<void>;
  private end: () => void = () => undefined;

  /** @param program absolute path */
  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.program = program;
    this.args = args;
    this.env = env;
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** What the server last complained about, in one plain line; empty where it said nothing. */
  get said(): string {
    const lines = this.stderr.split('\n').map(plainLine);
    // A Go program that breaks down says why first, and then where it was.
    const line =
      lines.find((one) => /^(panic|fatal error|Error):/i.test(one)) ??
      lines.findLast((one) => one.trim() !== '');
    return redact(line ?? '').slice(0, 300);
  }

  async start(): Promise<void> {
    const child = spawn(this.program, this.args, {
      env: cleanedEnvironment(this.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: ownGroup,
      windowsHide: true,
    });
    this.child = child;
    child.on('error', (error) => this.onerror?.(error));
    const onHostExit = () => this.signal('SIGKILL');
    child.once('spawn', () => process.once('exit', onHostExit));
    child.once('close', () => {
      process.removeListener('exit', onHostExit);
      this.end();
      this.onclose?.();
    });
    child.stdout.on('data', (chunk: Buffer) => this.read(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr = `${this.stderr}${chunk.toString()}`.slice(0, saidTail);
    });
    // A server that is gone is noticed by its end; a write to it must not bring the host down.
    child.stdin.on('error', (error) => this.onerror?.(error));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.child?.stdin;
    if (stdin === undefined || !stdin.writable) throw new Error('The server has ended');
    await new Promise<void>((resolve, reject) =>
      stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Lets the server end, makes it end where it does not, and resolves when it has. */
  async close(): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined) return this.onclose?.();
    child.stdin.end();
    const soft = setTimeout(() => this.signal('SIGTERM'), graceMs.soft);
    const hard = setTimeout(() => {
      this.signal('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, graceMs.hard);
    await this.ended;
    clearTimeout(soft);
    clearTimeout(hard);
    // A plugin that outlives the server goes with it.
    this.signal('SIGKILL');
  }

  private read(chunk: Buffer): void {
    try {
      this.incoming.append(chunk);
    } catch (error) {
      this.onerror?.(error as Error);
      this.signal('SIGKILL');
      return;
    }
    for (;;) {
      try {
        const message = this.incoming.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line that is no message is passed over: the reader is past it already.
        this.onerror?.(error as Error);
      }
    }
  }

  private signal(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(ownGroup ? -pid : pid, signal);
    } catch {
      // It ended in between.
    }
  }
}
