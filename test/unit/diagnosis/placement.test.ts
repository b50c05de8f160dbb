import assert from 'node:assert/strict';
import { isWanted, requestedBy, takes } from '../../../src/diagnosis/placement.ts';
import type { KubeObject } from '../../../src/domain/kubernetes.ts';
import { node } from '../cluster/machines.ts';

const tainted = (key: string, effect = 'NoSchedule'): KubeObject =>
  node('node-1', { spec: { taints: [{ key, value: 'x', effect }] } });

describe('where a pod may run', () => {
  it('is not on a node that is cordoned, silent or tainted', () => {
    assert.equal(takes(node('node-1'), {}), true);
    assert.equal(takes(node('node-1', { spec: { unschedulable: true } }), {}), false);
    assert.equal(takes(node('node-1', { ready: 'Unknown' }), {}), false);
    assert.equal(takes(tainted('gpu'), {}), false);
    assert.equal(takes(tainted('gpu', 'PreferNoSchedule'), {}), true);
  });

  it('is on a tainted node that the pod puts up with', () => {
    assert.equal(takes(tainted('gpu'), { tolerations: [{ operator: 'Exists' }] }), true);
    assert.equal(takes(tainted('gpu'), { tolerations: [{ key: 'gpu', value: 'x' }] }), true);
    assert.equal(takes(tainted('gpu'), { tolerations: [{ key: 'gpu', value: 'y' }] }), false);
    const other = { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] };
    assert.equal(takes(tainted('gpu'), other), false);
  });

  it('is where the labels are that it asks for', () => {
    const fast = node('node-1', { labels: { disk: 'fast', cpus: '8' } });
    assert.equal(isWanted(fast, { nodeSelector: { disk: 'fast' } }), true);
    assert.equal(isWanted(fast, { nodeSelector: { disk: 'slow' } }), false);
    const affinity = (operator: string, key: string, ...values: string[]) => ({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
          },
        },
      },
    });
    const cases: [string, string, string[], boolean][] = [
      ['In', 'disk', ['fast', 'nvme'], true],
      ['NotIn', 'disk', ['fast'], false],
      ['Exists', 'disk', [], true],
      ['DoesNotExist', 'disk', [], false],
      ['Gt', 'cpus', ['4'], true],
      ['Lt', 'cpus', ['4'], false],
      ['SomethingNew', 'disk', ['fast'], false],
    ];
    for (const [operator, key, values, expected] of cases)
      assert.equal(isWanted(fast, affinity(operator, key, ...values)), expected, operator);
  });

  it('counts what all containers ask for together, or the greediest that runs before them', () => {
    const asks = (cpu: string) => ({ name: cpu, resources: { requests: { cpu } } });
    assert.equal(requestedBy({ containers: [asks('250m'), asks('1')] }, 'cpu'), 1.25);
    assert.equal(requestedBy({ containers: [asks('250m')], initContainers: [asks('2')] }, 'cpu'), 2);
    assert.equal(requestedBy({ containers: [{ name: 'a', resources: { limits: { cpu: '3' } } }] }, 'cpu'), 3);
    assert.equal(requestedBy({}, 'memory'), 0);
  });
});
