import assert from 'node:assert/strict';
import { assessmentLines } from '../../../src/editor/assessmentLines.ts';
import { readSettings } from '../../../src/editor/settings.ts';

const settingsOf = (given: Record<string, unknown>) =>
  readSettings({ given: (key) => given[key], env: {} }).settings;

describe('Assess Command', () => {
  const open = settingsOf({ 'destructiveOperations.enabled': true, mode: 'approval' });

  it('says what a command would do and what each mode would make of it', () => {
    const lines = assessmentLines('kubectl -n shop scale deployment/web --replicas=3', open);
    assert.equal(lines[0]?.label, 'Medium risk');
    assert.match(lines[1]?.label ?? '', /^Changes the cluster, can be put back/);
    assert.match(lines[1]?.detail ?? '', /Deployment shop\/web/);
    assert.deepEqual(
      lines.slice(2).map(({ label }) => label),
      ['Plan: shows it only', 'Approval (now): asks you', 'YOLO: runs by itself when it is sure enough'],
    );
    assert.match(lines.at(-1)?.detail ?? '', /^From 80 % confidence on .*below that it asks you/);
  });

  it('names the setting that is in the way', () => {
    const lines = assessmentLines('kubectl -n shop delete pod web-1', settingsOf({}));
    assert.match(lines.at(-1)?.detail ?? '', /oncall\.destructiveOperations\.enabled/);
  });

  it('says why a text is no command, and nothing more', () => {
    const lines = assessmentLines('kubectl get pods; rm -rf /', open);
    assert.equal(lines.length, 1);
    assert.match(lines[0]?.detail ?? '', /`;` at column 17/);
  });
});
