/**
 * `break`: makes the catalogue's trouble in one namespace of somebody's own test cluster, and takes it away again.
 * It goes where it is told to by name and confirmed by typing that name, never to a context that calls itself production, and
 * never out of its own namespace. Exits with 0 when all is done, 1 where something did not come about, 2 where it refused.
 */
import { createInterface } from 'node:readline/promises';
import { KubeClient, KubeError } from '../client.ts';
import { wallClock } from '../clock.ts';
import { breakIt, eventOf, setUp } from '../scenarios/play.ts';
import type { Stage } from '../scenarios/play.ts';
import type { Need, Scenario } from '../scenarios/scenario.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { kindsOf, readState } from '../scenarios/state.ts';
import { selected } from './fitness.ts';
import { playedBy } from './images.ts';
import { contextsOf, openDoor } from './kubectl.ts';
import { claim, cleanUp, practiceNamespace } from './namespace.ts';
import { optionsOf, usage, type BreakOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { jsonReport, quoted, textReport, type Report } from './report.ts';

/** Scenarios that are made at the same time. */
const atOnce = 4;
/** Milliseconds in which a scenario must come about: images are pulled in it, and deadlines go by in real time. */
const patience = 8 * 60_000;
/** Milliseconds in which the cluster must answer the first request. */
const answerWithin = 30_000;

/** Runs the command. @returns the exit code */
export async function breakCommand(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return args.length === 0 ? 2 : 0;
  }
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Refusal('Broken off.')));
  process.once('SIGTERM', () => abort.abort(new Refusal('Broken off.')));
  let report: Report = textReport((text) => process.stderr.write(text), '', '');
  try {
    const options = optionsOf(args, scenarios);
    report = reportFor(options);
    // Whoever reads JSON lines holds the other end of stdin: when they have gone, this goes too.
    if (options.json) process.stdin.resume().once('end', () => abort.abort(new Refusal('Broken off.')));
    return await carryOut(options, report, abort.signal);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    report.refused(error.message);
    return 2;
  } finally {
    process.stdin.pause();
  }
}

function reportFor(options: BreakOptions): Report {
  if (options.json) return jsonReport((line) => process.stdout.write(line));
  const { context, kubeconfig } = options;
  const own =
    process.env['npm_lifecycle_event'] === 'break'
      ? ['npm', 'run', 'break', '--']
      : ['node', process.argv[1] ?? '', 'break'];
  const command = [...own, 'clean', '--context', context];
  if (kubeconfig !== undefined) command.push('--kubeconfig', kubeconfig);
  return textReport(
    (text) => process.stdout.write(text),
    `namespace ${practiceNamespace} of ${context}`,
    command.map(quoted).join(' '),
  );
}

async function carryOut(options: BreakOptions, report: Report, signal: AbortSignal): Promise<number> {
  await agreeOnContext(options, signal);
  const reads = scenarios.flatMap((scenario) => kindsOf(scenario));
  const door = await openDoor(options, reads, signal);
  const client = new KubeClient(door.connection);
  try {
    const has = await whatTheClusterHas(client, options, signal);
    if (options.task === 'clean') {
      report.progress(`Deleting namespace ${practiceNamespace}…`);
      report.cleaned(await cleanUp(client, signal));
      return 0;
    }
    const { play, skipped } = selected(options.task, scenarios, has);
    for (const { scenario, why } of skipped) report.skipped(scenario, why);
    if (play.length === 0) return 1;
    await claim(client, signal);
    const came = await playAll(play, client, options, report, signal);
    report.done();
    return came ? 0 : 1;
  } finally {
    client.close();
    await door.close();
  }
}

/** @throws Refusal where the context is not there, calls itself production, or is not confirmed */
async function agreeOnContext(options: BreakOptions, signal: AbortSignal): Promise<void> {
  const contexts = await contextsOf(options);
  const found = contexts.find(({ name }) => name === options.context);
  if (found === undefined) {
    const names = contexts.map(({ name }) => name).join(', ') || 'none';
    throw new Refusal(
      `The kubeconfig has no context ${options.context}; it has: ${names}. Nothing was touched.`,
    );
  }
  const telling = [found.name, found.cluster].find((name) => /prod/i.test(name));
  if (telling !== undefined) {
    throw new Refusal(
      `"${telling}" has prod in its name: only test clusters are broken. Nothing was touched.`,
    );
  }
  const said = options.yes ?? (await askedFor(options, signal));
  if (said !== options.context) {
    throw new Refusal(`The name given is not ${options.context}. Nothing was touched.`);
  }
}

async function askedFor({ context, task, json }: BreakOptions, signal: AbortSignal): Promise<string> {
  if (json || !process.stdin.isTTY) {
    throw new Refusal(
      `Nobody can be asked here: repeat the context's name with --yes-context ${quoted(context)}. Nothing was touched.`,
    );
  }
  const what =
    task === 'clean'
      ? `Deletes namespace ${practiceNamespace} with everything in it`
      : `Breaks things in namespace ${practiceNamespace}`;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (
      await terminal.question(`${what}. Type the context's name (${context}) to go on: `, { signal })
    ).trim();
  } finally {
    terminal.close();
  }
}

/**
 * What scenarios may need and this cluster has: the first request, and so the place where missing rights or a cluster that
 * is down show.
 * @throws Refusal
 */
async function whatTheClusterHas(
  client: KubeClient,
  { context }: BreakOptions,
  signal: AbortSignal,
): Promise<ReadonlySet<Need>> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]);
    const groups = await client.groups(limit);
    return new Set<Need>(groups.includes('metrics.k8s.io') ? ['metrics'] : []);
  } catch (error) {
    if (signal.aborted) throw signal.reason as Error;
    throw new Refusal(`The cluster of ${context} does not answer: ${explain(error)} Nothing was touched.`);
  }
}

/** @returns whether every scenario came about */
async function playAll(
  play: readonly Scenario[],
  client: KubeClient,
  { image, context, task, json }: BreakOptions,
  report: Report,
  signal: AbortSignal,
): Promise<boolean> {
  const secret = typeof task === 'object' && task.kind === 'random';
  const clock = wallClock();
  const waiting = [...play];
  let came = true;
  const playNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const scenario = { ...next, namespace: practiceNamespace };
      const stage: Stage = {
        client,
        clock,
        signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
        rewrite: playedBy(image),
      };
      // A scenario's name gives its cause away: programs show what goes on to somebody who is to find it.
      const what = secret ? 'Something' : json ? next.title : `${String(next.number)} ${next.name}`;
      try {
        report.progress(`${what}: setting up ${secret ? 'a workload' : next.workload} in ${context}…`);
        await setUp(scenario, stage);
        report.progress(`${what}: breaking…`);
        const state = await breakIt(scenario, stage);
        report.broken(scenario, eventOf(scenario, state, { cluster: context }));
      } catch (error) {
        if (signal.aborted) throw signal.reason as Error;
        came = false;
        report.failed(scenario, `${explain(error)}${await whatWaits(client, scenario)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playNext));
  return came;
}

/** Why pods are not there, in the cluster's words; empty where none says. */
async function whatWaits(client: KubeClient, scenario: Scenario): Promise<string> {
  const { pods } = await readState(client, scenario);
  const reasons = pods.flatMap(({ status }) =>
    (status?.containerStatuses ?? []).flatMap(({ state: { waiting } }) =>
      waiting === undefined ? [] : [`${waiting.reason}${waiting.message ? `: ${waiting.message}` : ''}`],
    ),
  );
  return reasons.length === 0 ? '' : ` Its pods say: ${[...new Set(reasons)].join('; ')}`;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof KubeError && error.reason !== '' ? ` (${error.reason})` : '';
  return `${message}${status}${/[.!?]$/.test(message) ? '' : '.'}`;
}
