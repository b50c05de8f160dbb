/** Recordings as files: small enough to be kept, for what occurs in many answers is written down once. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Recording } from './exchange.ts';
import { isObject } from './normal.ts';

const folder = join(import.meta.dirname, 'recorded');
const ending = '.json.gz';
/** Stands in place of a part: its number in the list of parts. */
const mark = '$part';
/** Characters from which on a part is worth a number. */
const worth = 60;

interface Packed {
  readonly parts: unknown[];
  readonly recording: unknown;
}

export function pack(recording: Recording): Packed {
  const counts = new Map<string, number>();
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const text = JSON.stringify(value);
    if (text.length < worth) return;
    const before = counts.get(text) ?? 0;
    counts.set(text, before + 1);
    if (before === 0) Object.values(value).forEach(count);
  };
  count(recording);
  const parts: unknown[] = [];
  const numbers = new Map<string, number>();
  const packed = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    const known = numbers.get(text);
    if (known !== undefined) return { [mark]: known };
    const content = Array.isArray(value)
      ? value.map(packed)
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, packed(one)]));
    if ((counts.get(text) ?? 0) < 2) return content;
    numbers.set(text, parts.length);
    parts.push(content);
    return { [mark]: parts.length - 1 };
  };
  return { recording: packed(recording), parts };
}

export function unpack({ parts, recording }: Packed): Recording {
  const whole = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(whole);
    if (!isObject(value)) return value;
    const number = value[mark];
    if (typeof number === 'number') return whole(parts[number]);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, whole(one)]));
  };
  return whole(recording) as Recording;
}

/** Keeps one recording. */
export async function keep(recording: Recording): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, recording.scenario + ending),
    gzipSync(JSON.stringify(pack(recording)), { level: 9 }),
  );
}

/** Every recording that is kept. */
export async function kept(): Promise<Recording[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending)).sort();
  return Promise.all(
    files.map(async (file) =>
      unpack(JSON.parse(gunzipSync(await readFile(join(folder, file))).toString()) as Packed),
    ),
  );
}

/** Forgets the recordings of scenarios that there are no more. */
export async function forgetAllBut(names: readonly string[]): Promise<void> {
  const files = (await readdir(folder)).filter((file) => !names.includes(file.replace(ending, '')));
  await Promise.all(files.map((file) => rm(join(folder, file))));
}
