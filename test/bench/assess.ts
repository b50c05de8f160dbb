/** How many commands are assessed per second on one core. */
import { assessCommand } from '../../src/kubectl/assess.ts';
import type { Measured } from '../support/measured.ts';

/** What a plan, its previews and a person's edits hold: reads, changes, refusals; half of them as text. */
const texts = [
  'kubectl -n prod get pods',
  'kubectl get pods -l app=checkout -o jsonpath="{.items[*].metadata.name}" -n shop',
  'kubectl describe deployment checkout -n shop',
  'kubectl logs deploy/checkout -c app --tail=100 --previous -n shop',
  'kubectl delete pod checkout-7d4b9c6f5-x2x9z -n shop',
  'kubectl scale deployment/checkout --replicas=4 -n shop',
  'kubectl rollout restart deployment checkout -n shop',
  'kubectl rollout undo deployment/checkout --to-revision=3 -n shop --dry-run=server',
  'kubectl set image deployment/checkout app=registry.example/checkout:1.4.2 -n shop',
  'kubectl set resources deploy checkout -c app --limits=memory=512Mi -n shop',
  `kubectl patch svc checkout -n shop --type=merge -p '{"spec":{"selector":{"app":"checkout"}}}'`,
  'kubectl get secret db -o yaml -n shop',
  'kubectl delete ns shop',
  'kubectl get pods,svc,deploy.v1.apps -A',
  'kubectl get pods --kubeconfig=/tmp/other',
  'kubectl get pods; id',
];
const argvs = [
  ['kubectl', 'get', 'pods', '--namespace', 'shop', '-owide'],
  ['kubectl', 'delete', 'pod/checkout-7d4b9c6f5-x2x9z', '--namespace=shop'],
  ['kubectl', 'scale', '--replicas=0', 'deploy/checkout', '-nshop'],
  ['kubectl', 'label', 'pods', 'a', 'b', 'c', 'quarantine=true', '--overwrite', '-n', 'shop'],
  ['kubectl', 'set', 'selector', 'service', 'checkout', 'app=checkout', '-n', 'shop'],
  ['kubectl', 'exec', 'web', '-c', 'app', '--', 'cat', '/proc/meminfo'],
  ['kubectl', 'top', 'pods', '-n', 'shop', '--sort-by=memory'],
  ['kubectl', 'apply', '-f', 'https://example.com/x.yaml'],
];
const corpus: readonly (string | readonly string[])[] = [...texts, ...argvs, ...argvs];
const goal = 200_000;

const passes = 1500;
const rounds = 5;

/**
 * Commands a second of processor time over the mixed corpus, best of several rounds. Processor time, not wall time:
 * what else the machine does is not ours to measure.
 */
export async function rows(): Promise<Measured[]> {
  let best = 0;
  let assessed = 0;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    for (let pass = 0; pass < passes; pass++) {
      for (const command of corpus) if (assessCommand(command).argv.length > 0) assessed++;
    }
    const { user, system } = process.cpuUsage(start);
    best = Math.max(best, (passes * corpus.length * 1e6) / (user + system));
  }
  if (assessed === 0) throw new Error('no command of the corpus was understood');
  return [
    {
      name: 'assessCommand',
      value: `${Math.round(best).toLocaleString('en')} commands/s`,
      goal: `>= ${goal.toLocaleString('en')} commands/s`,
      met: best >= goal,
    },
  ];
}
