import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunbookFolders } from '../../../src/editor/runbookFolders.ts';
import { runbookTemplate } from '../../../src/editor/runbookTemplate.ts';
import { readRunbooks } from '../../../src/diagnosis/runbooks/runbook.ts';
import { matching } from '../../../src/diagnosis/runbooks/runbooks.ts';
import { scratchFolder, type Scratch } from '../../support/scratch.ts';

describe('The folders of runbooks', () => {
  let scratch: Scratch;
  let books: string;
  beforeEach(async () => {
    scratch = await scratchFolder('runbooks');
    books = join(scratch.path, 'books');
    await mkdir(books);
  });
  afterEach(() => scratch.remove());

  const read = async (below: readonly string[] = [], optional = false): Promise<[string, string][]> =>
    (await readRunbookFolders([{ root: books, below, optional }])).map((file) => [
      file.path.slice(books.length),
      'text' in file ? file.text : file.problem,
    ]);

  it('give every Markdown file that lies in them', async () => {
    await mkdir(join(books, 'shop', '.git'), { recursive: true });
    await writeFile(join(books, 'b.md'), 'B');
    await writeFile(join(books, 'a.MD'), 'A');
    await writeFile(join(books, 'c.txt'), 'C');
    await writeFile(join(books, 'shop', 'd.md'), 'D');
    await writeFile(join(books, 'shop', '.git', 'e.md'), 'E');
    assert.deepEqual(await read(), [
      ['/a.MD', 'A'],
      ['/b.md', 'B'],
      ['/shop/d.md', 'D'],
    ]);
  });

  it('are read anew each time', async () => {
    await writeFile(join(books, 'a.md'), 'before');
    await read();
    await writeFile(join(books, 'a.md'), 'after');
    assert.deepEqual(await read(), [['/a.md', 'after']]);
  });

  it('lead nowhere else', async () => {
    const outside = join(scratch.path, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.md'), 'secret');
    await symlink(join(outside, 'secret.md'), join(books, 'link.md'));
    await symlink(outside, join(books, 'folder'));
    assert.deepEqual(await read(), []);
    await symlink(outside, join(books, '.oncall'));
    assert.deepEqual(await read(['.oncall'], true), []);
  });

  it('may be a link themselves, because a person named them', async () => {
    await writeFile(join(books, 'a.md'), 'A');
    const link = join(scratch.path, 'link');
    await symlink(books, link);
    const [file] = await readRunbookFolders([{ root: link, below: [], optional: false }]);
    assert.deepEqual(file, { path: join(link, 'a.md'), text: 'A' });
  });

  it('say what was left out, and why', async () => {
    await writeFile(join(books, 'large.md'), 'x'.repeat(256 * 1024 + 1));
    await writeFile(join(books, 'latin.md'), Buffer.from([0x66, 0xfc, 0x72]));
    await writeFile(join(books, 'right.md'), 'R');
    assert.deepEqual(await read(), [
      ['/large.md', 'it is larger than 256 kB'],
      ['/latin.md', 'it is not UTF-8 text'],
      ['/right.md', 'R'],
    ]);
  });

  it('give no more than 200 files', async () => {
    const names = Array.from({ length: 203 }, (_, index) => `${String(index).padStart(3, '0')}.md`);
    await Promise.all(names.map((name) => writeFile(join(books, name), 'x')));
    const files = await read();
    assert.equal(files.filter(([, text]) => text === 'x').length, 200);
    assert.match(files.find(([, text]) => text !== 'x')?.[1] ?? '', /more than 200 files/);
  });

  it('are missed where a setting names them, and not where a workspace may have them', async () => {
    assert.deepEqual(await read(['.oncall', 'runbooks'], true), []);
    assert.deepEqual(await read(['nowhere']), [['/nowhere', 'this folder does not exist']]);
  });
});

describe('A runbook that is begun for an incident', () => {
  it('fits that incident as it stands', () => {
    for (const title of ['checkout is down', '[FIRING:1] "x": *all* # no\n---\nalert: "*"', '\u202e ${x}']) {
      const { runbooks, problems } = readRunbooks([
        { path: 'new.md', text: runbookTemplate('Check: out', title) },
      ]);
      assert.deepEqual(problems, []);
      const alert = title.includes('\n') || title.includes('\u202e') ? undefined : title;
      if (alert !== undefined) assert.equal(matching(runbooks, { service: 'check: OUT', alert }).length, 1);
      assert.equal(matching(runbooks, { service: 'other', alert: title }).length, 0);
    }
  });
});
