/**
 * The practice process: `node dist/practice.js [--scenario NAME|none] [--speed N] [--directory DIR]`.
 * On stdout one JSON line when the incident fires: `{"ready":true,"pagerduty":{…},"kubernetes":{…}}`; then one for each JSON line on
 * stdin: `{"play":"oom-kill"}` is answered with `{"played":"oom-kill"}` or `{"failed":"oom-kill","message":"…"}`.
 * It ends when stdin closes or on SIGTERM, and leaves nothing behind. Diagnostics go to stderr.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startPractice } from './practice.ts';
import { scenarioNamed } from './scenarios/scenarios.ts';

/** So fast that a crash loop shows within three seconds, and so slow that its back-off can be watched. */
const defaultSpeed = '10';

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function complain(message: string): void {
  process.stderr.write(`practice: ${message}\n`);
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'crashloop' },
      speed: { type: 'string', default: defaultSpeed },
      directory: { type: 'string' },
    },
  });
  const speed = Number(values.speed);
  if (!(speed > 0)) throw new Error(`--speed ${values.speed} is no number above zero`);
  if (values.scenario !== 'none') scenarioNamed(values.scenario);
  const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'oncall-practice-')));
  await mkdir(directory, { recursive: true });

  let close: () => Promise<void> = () => Promise.resolve();
  let ending = false;
  const end = async (exitCode: number): Promise<void> => {
    if (ending) return;
    ending = true;
    await close();
    if (values.directory === undefined) await rm(directory, { recursive: true, force: true });
    process.exit(exitCode);
  };
  process.once('SIGTERM', () => void end(0));
  process.once('SIGINT', () => void end(0));
  const started = await startPractice({ directory, speed, report: complain }).catch(
    async (error: unknown) => {
      complain(explain(error));
      await end(1);
      throw error;
    },
  );
  close = () => started.close();

  const attempt = async (name: string): Promise<void> => {
    try {
      await started.play(name);
      say({ played: name });
    } catch (error) {
      if (!ending) say({ failed: name, message: explain(error) });
    }
  };
  const input = createInterface({ input: process.stdin });
  input.once('close', () => void end(0));
  input.on('line', (line) => {
    const name = requested(line);
    if (name === undefined) complain(`not understood: ${line}`);
    else void attempt(name);
  });

  if (values.scenario !== 'none') {
    try {
      await started.play(values.scenario);
    } catch (error) {
      if (ending) return;
      complain(explain(error));
      await end(1);
    }
  }
  say({ ready: true, pagerduty: started.pagerduty, kubernetes: started.kubernetes });
}

function requested(line: string): string | undefined {
  try {
    const { play } = JSON.parse(line) as { play?: unknown };
    return typeof play === 'string' ? play : undefined;
  } catch {
    return undefined;
  }
}

main().catch((error: unknown) => {
  complain(explain(error));
  process.exit(1);
});
