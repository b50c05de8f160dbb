/**
 * Random and mutated commands for `assessCommand`: it never throws, never hangs, never accepts what a shell would do
 * more with than split words, and keeps the promises of the risk table. `node test/kubectl/fuzz.mjs [count] [seed]`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { assessCommand } from '../../src/kubectl/assess.ts';
import { groups, refusedVerbs, verbs } from '../../src/kubectl/verbs.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
/** Longer than this for one command is a hang, in milliseconds. */
const limit = 200;
const sampleSize = 2000;

/** mulberry32: small, fast, repeatable from its seed. */
let state = seed;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (limitOf) => Math.floor(random() * limitOf);
const pick = (list) => list[below(list.length)];

const verbList = [...verbs.values()];
const names = [...verbs.keys(), ...groups, ...refusedVerbs.keys(), 'frobnicate', ''];
const nouns = (
  'pods po pod/web deploy/web ns node n1 secret/db web a=b a- - = all foo.example.com v1. ' +
  'pods,svc csr/x 8080:80 a=b:NoSchedule 0 -1 server client none yaml json name true false constructor __proto__'
).split(' ');
const live = [
  '; id',
  '| sh',
  '&& id',
  '$(id)',
  '`id`',
  '> x',
  '< x',
  '$HOME',
  '*',
  '~',
  '{a,b}',
  '#',
  '\n',
  '\\',
  '!',
  '(',
  '&',
];
const alphabet = 'abcz019-=/.,:_@% \'"$`\\;|&<>*?[]{}~#!()\t\n\u0000\u202e\ud800é';
const noise = () => Array.from({ length: below(8) }, () => pick(alphabet)).join('');

const flagOf = (verb) => {
  const flag = pick([...verb.flags.values()]);
  const value = random() < 0.7 ? pick(nouns) : noise();
  if (flag.short !== undefined && random() < 0.4)
    return pick([[`-${flag.short}`], [`-${flag.short}${value}`]]);
  return pick([[`--${flag.name}`], [`--${flag.name}=${value}`], [`--${flag.name}`, value]]);
};
const randomArgv = () => {
  const verb = pick(verbList);
  const words = (random() < 0.9 ? verb.name : pick(names)).split(' ');
  const rest = [];
  for (let left = below(6); left > 0; left--) {
    const choice = random();
    if (choice < 0.5) rest.push(pick(nouns));
    else if (choice < 0.85) rest.push(...flagOf(verb));
    else if (choice < 0.92) rest.push('--');
    else rest.push(noise());
  }
  return ['kubectl', ...words, ...rest];
};
const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
const mutate = (text) => {
  const at = below(text.length + 1);
  const choice = random();
  if (choice < 0.3) return text.slice(0, at) + noise() + text.slice(at);
  if (choice < 0.5) return text.slice(0, at) + text.slice(at + below(6));
  if (choice < 0.8) return `${text.slice(0, at)} ${pick(live)} ${text.slice(at)}`;
  return text.slice(0, at) + pick(live) + text.slice(at);
};
const randomCommand = () => {
  const choice = random();
  if (choice < 0.4) return randomArgv();
  const text = randomArgv().map(quote).join(' ');
  if (choice < 0.6) return text;
  if (choice < 0.95) return mutate(text);
  return Array.from({ length: below(60) }, () => pick(alphabet)).join('');
};

const tally = { rejected: 0, low: 0, medium: 0, high: 0 };
const samples = [];
let slowest = { milliseconds: 0, command: '' };

for (let index = 0; index < count; index++) {
  const command = randomCommand();
  const start = performance.now();
  let assessment;
  try {
    assessment = assessCommand(command, { defaultNamespace: 'shop' });
  } catch (error) {
    throw new Error(`seed ${seed}: ${JSON.stringify(command)} throws`, { cause: error });
  }
  let milliseconds = performance.now() - start;
  // Whatever else the machine does can make one measurement long, never five.
  for (let again = 0; again < 4 && milliseconds > limit; again++) {
    const restart = performance.now();
    assessCommand(command, { defaultNamespace: 'shop' });
    milliseconds = Math.min(milliseconds, performance.now() - restart);
  }
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, command };

  const { rejected, riskLevel, mutates, forbidden, sensitive, reason, argv } = assessment;
  tally[rejected ? 'rejected' : riskLevel]++;
  const shown = `seed ${seed}: ${JSON.stringify(command)}: ${reason}`;
  assert.ok(reason.length > 0 && reason.endsWith('.'), shown);
  if (riskLevel === 'low') assert.ok(!mutates && !rejected && !forbidden && !sensitive, shown);
  if (forbidden || rejected || sensitive) assert.equal(riskLevel, 'high', shown);
  if (!rejected && typeof command === 'string') {
    // Outside quotes nothing may stand that any shell acts on.
    const bare = command.replace(/'[^']*'|"(?:[^"\\$`]|\\.)*"/g, '');
    assert.ok(!/[;&|<>()$`\\*?[\]{}~#!'"\s]/.test(bare.replaceAll(' ', '')), shown);
    if (samples.length < sampleSize && random() < 0.2) samples.push({ command, argv });
  }
}

// A real shell splits every accepted text into the same words.
for (const { command, argv } of samples) {
  const script = command.replace(/^ *(kubectl|'kubectl'|"kubectl")(?= |$)/, `printf '%s\\0'`);
  assert.notEqual(script, command, command);
  const { stdout, status } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} });
  assert.equal(status, 0, command);
  assert.deepEqual(stdout.split('\0').slice(0, -1), argv.slice(1), command);
}
console.log(`${count.toLocaleString('en')} commands, seed ${seed}:`, tally);
console.log(`/bin/sh splits ${samples.length} accepted texts into the same words`);
console.log(
  `slowest: ${slowest.milliseconds.toFixed(1)} ms for ${JSON.stringify(slowest.command).slice(0, 200)}`,
);
assert.ok(slowest.milliseconds < limit, 'one command took too long');
assert.ok(tally.low > count / 200 && tally.high > count / 200, 'too few commands were understood');
