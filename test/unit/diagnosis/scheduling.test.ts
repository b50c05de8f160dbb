import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readUnschedulable } from '../../../src/diagnosis/scheduling.ts';

const read = (message: string) =>
  readUnschedulable(message).obstacles.map(({ kind, nodes, resource }) =>
    resource === undefined ? [kind, nodes] : [kind, nodes, resource],
  );

describe('what the scheduler says of a pod', () => {
  const versions: [string, string, unknown[]][] = [
    [
      '1.20, a selector',
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity.",
      [['placement', 3]],
    ],
    [
      '1.20, pods that repel each other',
      "0/2 nodes are available: 2 node(s) didn't match pod affinity/anti-affinity, 2 node(s) didn't satisfy existing pods anti-affinity rules.",
      [
        ['anti-affinity', 2],
        ['anti-affinity', 2],
      ],
    ],
    [
      '1.24, a taint written out and a word about preemption',
      '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
      [
        ['taint', 1],
        ['resource', 2, 'cpu'],
      ],
    ],
    [
      '1.36, several resources',
      "0/4 nodes are available: 1 Insufficient memory, 1 Too many pods, 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
      [
        ['resource', 1, 'memory'],
        ['resource', 1, 'pods'],
        ['placement', 2],
      ],
    ],
    [
      'an extended resource',
      '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.',
      [['resource', 1, 'nvidia.com/gpu']],
    ],
    [
      'a cordoned node and a spread',
      "0/2 nodes are available: 1 node(s) were unschedulable, 1 node(s) didn't match pod topology spread constraints.",
      [
        ['cordoned', 1],
        ['spread', 1],
      ],
    ],
    [
      'a claim without a volume, which has no count',
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      [['volume', 2]],
    ],
  ];
  for (const [name, message, expected] of versions) {
    it(`is read as counts and reasons: ${name}`, () => {
      assert.deepEqual(read(message), expected);
    });
  }

  it('tells how many nodes there are', () => {
    assert.equal(readUnschedulable('0/7 nodes are available: 7 Insufficient cpu.').nodes, 7);
    assert.equal(readUnschedulable('no nodes available to schedule pods').nodes, undefined);
  });

  it('is read without a failure whatever it is, and nothing is made up', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        for (const { text, nodes } of readUnschedulable(message).obstacles) {
          assert(message.includes(text));
          assert(nodes >= 0);
        }
      }),
    );
  });

  it('gives back every count', () => {
    const words = ['Insufficient cpu', 'Insufficient memory', "node(s) didn't match pod anti-affinity rules"];
    const part = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(...words));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const list = parts.map(([count, text]) => `${count} ${text}`).join(', ');
        const { obstacles } = readUnschedulable(`0/9 nodes are available: ${list}. preemption: 0/9 nodes`);
        assert.deepEqual(
          obstacles.map(({ nodes, text }) => [nodes, text]),
          parts,
        );
      }),
    );
  });
});
