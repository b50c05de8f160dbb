/** Paths lead to fields of an object and nowhere else. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fieldAt, fieldThere } from '../../../../../src/diagnosis/claude/tools/field-path.ts';
import { WrongCall } from '../../../../../src/diagnosis/claude/tools/tool.ts';

const object = {
  metadata: { annotations: { 'a.b/c': 'dotted' } },
  status: {
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [{ name: 'app', restartCount: 3 }],
  },
};

describe('A path', () => {
  it('leads by names, places, and the name or type of an item', () => {
    for (const [path, value] of [
      ['status.conditions[Ready].status', 'False'],
      ['status.conditions[0].status', 'False'],
      ['status.containerStatuses[app].restartCount', 3],
      ["metadata.annotations['a.b/c']", 'dotted'],
      ['metadata.annotations["a.b/c"]', 'dotted'],
      ['status.conditions[Ready]', object.status.conditions[0]],
    ] as const) {
      assert.deepEqual(fieldAt(object, path), value, path);
    }
  });

  it('leads nowhere else', () => {
    for (const path of [
      'constructor',
      '__proto__',
      'status.conditions.length',
      'status.conditions[9]',
      'a..b',
      '[',
      '',
    ]) {
      if (path !== '') assert.throws(() => fieldThere(object, path), WrongCall, path);
      if (path !== '') assert.equal(fieldAt(object, path), undefined, path);
    }
  });

  it('takes anything without another exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, path) => {
        try {
          fieldThere(value, path);
        } catch (error) {
          assert.ok(error instanceof WrongCall);
        }
        fieldAt(value, path);
      }),
    );
  });
});
