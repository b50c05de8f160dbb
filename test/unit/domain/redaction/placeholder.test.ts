import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { placeholder } from '../../../../src/domain/redaction/placeholder.ts';

describe('A placeholder', () => {
  it('is the same for the same credential and differs for others', () => {
    assert.equal(placeholder('hunter2'), placeholder('hunter2'));
    const different = new Set(Array.from({ length: 50 }, (_, index) => placeholder(`secret ${index}`)));
    // 50 out of 65,536: more than two that happen to be equal would be no chance.
    assert.ok(different.size >= 48);
  });

  it('cannot be found by guessing: another process gives another one', async () => {
    const module = new URL('../../../../src/domain/redaction/placeholder.ts', import.meta.url).href;
    const guesses = Array.from({ length: 20 }, (_, index) => `guess ${index}`);
    const code = `import(${JSON.stringify(module)}).then(({placeholder}) => console.log(JSON.stringify(${JSON.stringify(guesses)}.map(placeholder))))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', code]);
    const elsewhere = JSON.parse(stdout) as string[];
    assert.ok(guesses.filter((guess, index) => placeholder(guess) === elsewhere[index]).length <= 1);
    for (const guess of guesses.slice(0, 2)) {
      assert.ok(!placeholder(guess).includes(createHash('sha256').update(guess).digest('hex').slice(0, 4)));
    }
  });
});
