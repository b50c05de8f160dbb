import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { journalFileName } from '../../../src/journal/files.ts';
import { newWindow, whereabouts } from '../../../src/journal/windows.ts';

describe('the window that a journal file belongs to', () => {
  const file = (window: string, attempt = 1) => journalFileName('2026-11-22', window, attempt);
  /** As a process of that number on this machine calls its window. */
  const ofProcess = (id: number | undefined) => newWindow().replace(`-${process.pid}-`, `-${id}-`);

  it('is alive as long as its process, and gone afterwards', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(child, 'spawn');
    const name = file(ofProcess(child.pid), 2);
    assert.equal(whereabouts(name), 'alive');
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    assert.equal(whereabouts(name), 'gone');
  });

  it('is an earlier one where it has our own number: what we do ourselves we know', () => {
    assert.equal(whereabouts(file(newWindow())), 'gone');
  });

  it('is elsewhere where another machine, or nobody knows who, wrote it', () => {
    const [, ...rest] = newWindow().split('-');
    assert.equal(whereabouts(file(['000000', ...rest].join('-'))), 'elsewhere');
    assert.equal(whereabouts(file('3f9a00c1d2e4')), 'elsewhere');
  });
});
