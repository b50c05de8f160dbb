/**
 * The practice process: `node dist/practice.js [--scenario WHAT|none] [--speed N] [--directory DIR] [--end-alarms]`.
 * WHAT is a scenario's name or number, `random`, or `game-day` for several incidents one after another.
 * On stdout one JSON line when the first incident fires: `{"ready":true,"pagerduty":{…},"kubernetes":{…}}`; then one for each JSON
 * line on stdin: `{"play":WHAT}` is answered with `{"played":WHAT}` or `{"failed":NAME,"message":"…"}`, and `{"debrief":"ended"}` or
 * `{"debrief":"all"}` with `{"debrief":[…]}`, the truth about incidents (see {@link Lesson}). With `--end-alarms` the monitoring tool
 * ends what has got well and stays well, and `{"ended":{"incidentId":"…","incidentTitle":"…"}}` says so.
 * It ends when stdin closes or on SIGTERM, and leaves nothing behind. Diagnostics go to stderr.
 *
 * `list` prints what there is to rehearse as one JSON line; `break …` breaks a test cluster (see break/command.ts).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { breakCommand } from './break/command.ts';
import { startPractice, type Practice } from './practice.ts';
import { offersOf, programmeOf, type Act } from './programme.ts';
import { scenarios } from './scenarios/scenarios.ts';

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

async function rehearse(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string', default: 'crashloop' },
      speed: { type: 'string', default: defaultSpeed },
      directory: { type: 'string' },
      'end-alarms': { type: 'boolean', default: false },
    },
  });
  const speed = Number(values.speed);
  if (!(speed > 0)) throw new Error(`--speed ${values.speed} is no number above zero`);
  const [first, ...later] = values.scenario === 'none' ? [] : programmeOf(values.scenario, scenarios);
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
  const onEnded: Parameters<typeof startPractice>[0]['onEnded'] = ({ incidentId, incidentTitle }) =>
    say({ ended: { incidentId, incidentTitle } });
  const started = await startPractice({
    directory,
    speed,
    report: complain,
    ...(values['end-alarms'] ? { onEnded } : {}),
  }).catch(async (error: unknown) => {
    complain(explain(error));
    await end(1);
    throw error;
  });
  close = () => started.close();

  const follow = async (acts: readonly Act[]): Promise<void> => {
    for (const { scenario, afterSeconds } of acts) {
      await delay(afterSeconds * 1000);
      try {
        await started.play(scenario.name);
      } catch (error) {
        if (!ending) say({ failed: scenario.name, message: explain(error) });
      }
    }
  };
  const attempt = async (what: string): Promise<void> => {
    try {
      const [act, ...rest] = programmeOf(what, scenarios);
      if (act !== undefined) await started.play(act.scenario.name);
      say({ played: what });
      await follow(rest);
    } catch (error) {
      if (!ending) say({ failed: what, message: explain(error) });
    }
  };
  const input = createInterface({ input: process.stdin });
  input.once('close', () => void end(0));
  input.on('line', (line) => {
    const { play, debrief } = requested(line);
    if (play !== undefined) void attempt(play);
    else if (debrief !== undefined) say({ debrief: lessonsOf(started, debrief) });
    else complain(`not understood: ${line}`);
  });

  if (first !== undefined) {
    try {
      await started.play(first.scenario.name);
    } catch (error) {
      if (ending) return;
      complain(explain(error));
      await end(1);
    }
  }
  say({ ready: true, pagerduty: started.pagerduty, kubernetes: started.kubernetes });
  await follow(later);
}

function lessonsOf(practice: Practice, which: 'ended' | 'all'): object[] {
  return practice.lessons().filter(({ endedAt }) => which === 'all' || endedAt !== undefined);
}

function requested(line: string): { play?: string; debrief?: 'ended' | 'all' } {
  try {
    const { play, debrief } = JSON.parse(line) as { play?: unknown; debrief?: unknown };
    if (typeof play === 'string') return { play };
    return debrief === 'ended' || debrief === 'all' ? { debrief } : {};
  } catch {
    return {};
  }
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'list') say({ scenarios: offersOf(scenarios) });
  else if (command === 'break') process.exitCode = await breakCommand(rest);
  else await rehearse(process.argv.slice(2));
}

main().catch((error: unknown) => {
  complain(explain(error));
  process.exit(1);
});
