import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { fieldLines } from '../../../src/editor/fieldLines.ts';

const pod = stringify({
  kind: 'Pod',
  metadata: { name: 'checkout-1', annotations: { 'example.com/owner.name': 'team', example: 'short' } },
  spec: {
    containers: [
      { name: 'app', image: 'shop/checkout:1.4.2', resources: { limits: { memory: '128Mi' } } },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'False' },
      { type: 'Initialized', status: 'True' },
    ],
    phase: 'Running',
  },
});

/** The text at a path. */
const at = (path: string): string | undefined => {
  const lines = fieldLines(pod, path);
  return (
    lines &&
    pod
      .split('\n')
      .slice(lines.first, lines.last + 1)
      .join('\n')
  );
};

describe('the lines of a field', () => {
  it('are those of the value that a finding names', () => {
    assert.equal(at('status.phase'), '  phase: Running');
    assert.match(at('spec.containers[app].resources') ?? '', /^ +resources:\n +limits:\n +memory: 128Mi$/);
    assert.match(at('status.conditions[Ready]') ?? '', /^ +- type: Ready\n +status: "False"$/);
    assert.match(at('spec.containers[1].image') ?? '', /image: proxy:1$/);
  });

  it('are found for keys that hold dots and slashes themselves', () => {
    assert.equal(at('metadata.annotations.example.com/owner.name')?.trim(), 'example.com/owner.name: team');
    assert.equal(at('metadata.annotations.example')?.trim(), 'example: short');
  });

  it('are those of what is left of the path when the rest is no longer there', () => {
    assert.match(at('status.conditions[Progressing].reason') ?? '', /^ +conditions:|^status:/m);
    assert.match(at('spec.containers[gone].image') ?? '', /app|proxy/);
    assert.equal(at('no.such.field'), undefined);
    assert.equal(at(''), undefined);
  });

  it('are within the text for any path', () => {
    const count = pod.split('\n').length;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z.[\]0-9]{0,40}$/)), (path) => {
        const lines = fieldLines(pod, path);
        if (lines === undefined) return;
        assert.ok(lines.first >= 0 && lines.first <= lines.last && lines.last < count);
      }),
    );
  });
});
