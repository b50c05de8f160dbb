/** The tables of verbs and flags say what kubectl itself says: what is new in a newer kubectl is named here. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globalFlags } from '../../src/kubectl/flags.ts';
import type { Flag } from '../../src/kubectl/flags.ts';
import { aliases, groups, refusedVerbs, verbs } from '../../src/kubectl/verbs.ts';
import { ensureKubectl } from '../support/vscode/install.ts';

interface HelpFlag {
  readonly short: string | undefined;
  readonly boolean: boolean;
}

interface Help {
  readonly flags: ReadonlyMap<string, HelpFlag>;
  readonly aliases: readonly string[];
  readonly subVerbs: readonly string[];
}

/** Reads what `kubectl <verb> --help` and `kubectl options` print. */
function readHelp(text: string): Help {
  const flags = new Map<string, HelpFlag>();
  for (const [, short, name = '', standard] of text.matchAll(/^ {4}(?:-(\w), )?--([\w-]+)=(.*):$/gm)) {
    flags.set(name, { short, boolean: standard === 'true' || standard === 'false' });
  }
  const sections = text.split(/\n(?=\S)/);
  const subVerbs = sections
    .filter((section) => /^[^\n]*Commands[^\n]*:\n|^Subcommands[^\n]*:\n/.test(section))
    .flatMap((section) => [...section.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, name = '']) => name));
  const names = /^Aliases:\n(.*)$/m.exec(text)?.[1]?.split(', ') ?? [];
  return { flags, aliases: names, subVerbs };
}

/** How the tables differ from the help of one verb, as sentences. */
function differences(where: string, known: ReadonlyMap<string, Flag>, help: Help['flags']): string[] {
  const found: string[] = [];
  for (const [name, { short, boolean }] of help) {
    const flag = known.get(name);
    if (flag === undefined) found.push(`${where}: --${name} is new`);
    else if ((flag.kind === 'boolean') !== boolean) found.push(`${where}: --${name} is no ${flag.kind}`);
    else if (flag.short !== short) found.push(`${where}: --${name} has the short name ${short}`);
  }
  for (const name of known.keys()) if (!help.has(name)) found.push(`${where}: --${name} does not exist`);
  return found;
}

describe('the tables and the help of a real kubectl', function () {
  this.timeout(240_000);
  let kubectl = '';
  let home = '';
  const helps = new Map<string, Help>();

  const run = (...words: string[]): Promise<string> =>
    new Promise((resolve) => {
      const env = { HOME: home, KUBECONFIG: join(home, 'none'), PATH: home };
      execFile(kubectl, words, { env, timeout: 30_000 }, (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });

  const refused = (name: string): boolean =>
    [...refusedVerbs.keys()].some((verb) => name === verb || name.startsWith(`${verb} `));

  const walk = async (path: readonly string[]): Promise<void> => {
    const help = readHelp(await run(...path, '--help'));
    helps.set(path.join(' '), help);
    for (const subVerb of help.subVerbs) await walk([...path, subVerb]);
  };

  const globals = new Map(globalFlags.map((flag) => [flag.name, flag]));
  const ownFlags = (name: string): Map<string, Flag> =>
    new Map([...(verbs.get(name)?.flags ?? [])].filter(([flag, known]) => globals.get(flag) !== known));

  before(async () => {
    kubectl = await ensureKubectl();
    home = await mkdtemp(join(tmpdir(), 'oncall-help-'));
    await walk([]);
    assert.ok(helps.size > 90, `the help names only ${helps.size} commands`);
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('know the same verbs and sub-verbs', () => {
    const unknown = [...helps.keys()].filter(
      (name) => name !== '' && !verbs.has(name) && !groups.has(name) && !refused(name),
    );
    assert.deepEqual(unknown, [], 'kubectl has commands that the tables do not know');
    assert.deepEqual(
      [...verbs.keys(), ...groups].filter((name) => !helps.has(name)),
      [],
      'the tables have commands that kubectl does not know',
    );
  });

  it('know the same other names of verbs', () => {
    const expected = new Map<string, string>();
    for (const [name, help] of helps) {
      const parent = name.slice(0, name.lastIndexOf(' ') + 1);
      for (const alias of help.aliases) {
        if (parent + alias !== name && !refused(name)) expected.set(parent + alias, name);
      }
    }
    assert.deepEqual([...aliases].sort(), [...expected].sort());
  });

  it('know the same flags, with the same short names and kinds', () => {
    const found = [...verbs.keys()].flatMap((name) => {
      const help = helps.get(name);
      return help === undefined ? [] : differences(`kubectl ${name}`, ownFlags(name), help.flags);
    });
    assert.deepEqual(found, []);
  });

  it('know the same flags of every command', async () => {
    const own = new Map([...globals].filter(([name]) => name !== 'help'));
    assert.deepEqual(differences('kubectl', own, readHelp(await run('options')).flags), []);
  });

  it('agree on which flags need a value and which do without one', async () => {
    const asked = new Set<string>();
    const found: string[] = [];
    for (const name of verbs.keys()) {
      for (const flag of ownFlags(name).values()) {
        if (flag.kind === 'boolean' || asked.has(flag.name)) continue;
        asked.add(flag.name);
        const answer = await run(...name.split(' '), `--${flag.name}`);
        const needsValue = answer.includes('flag needs an argument');
        if (needsValue !== (flag.kind === 'value'))
          found.push(`--${flag.name} of kubectl ${name}: ${answer}`);
      }
    }
    assert.ok(asked.size > 100, `only ${asked.size} flags were asked for`);
    assert.deepEqual(found, []);
  });
});
