import assert from 'node:assert/strict';
import { assessCommand } from '../../../../src/kubectl/assess.ts';
import { verbs } from '../../../../src/kubectl/verbs.ts';
import { rehearsalOf } from '../../../../src/remediation/preview/rehearsal.ts';

const scope = { defaultNamespace: 'shop' };
const planFor = (command: string) => rehearsalOf(assessCommand(command, scope), scope);

/** Every verb that changes something, in a command of its own. */
const commands: readonly string[] = [
  'kubectl scale deployment/web --replicas=3',
  'kubectl rollout restart deployment/web',
  'kubectl rollout undo deployment/web',
  'kubectl rollout pause deployment/web',
  'kubectl rollout resume deployment/web',
  'kubectl set image deployment/web app=web:2',
  'kubectl set env deployment/web A=b',
  'kubectl set resources deployment/web --limits=memory=1Gi',
  'kubectl set selector service/web app=web',
  'kubectl set serviceaccount deployment/web robot',
  'kubectl set subject rolebinding/web --user=ada',
  `kubectl patch deployment/web -p '{"spec":{"replicas":2}}'`,
  'kubectl label deployment/web a=b',
  'kubectl annotate deployment/web a=b',
  'kubectl taint node n1 a=b:NoSchedule',
  'kubectl cordon n1',
  'kubectl uncordon n1',
  'kubectl drain n1 --ignore-daemonsets',
  'kubectl delete pod web-1',
  'kubectl create configmap c --from-literal=a=b',
  'kubectl create job once --image=web:1',
  'kubectl run once --image=web:1',
  'kubectl expose deployment/web --port=80',
  'kubectl autoscale deployment/web --max=3',
];

describe('The rehearsal of a command', () => {
  it('is there for every kind of change that the API server can rehearse, and changes nothing', () => {
    for (const command of commands) {
      const plan = planFor(command);
      assert(plan.possible, command);
      for (const argv of plan.commands) {
        const { rejected, mutates } = assessCommand(argv, scope);
        assert(!rejected && !mutates, `${command}: ${argv.join(' ')}`);
        assert(argv.includes('--dry-run=server'), command);
      }
    }
  });

  it('is said not to be there where it is not', () => {
    for (const command of ['kubectl exec web-1 -- ls', 'kubectl certificate approve web']) {
      const plan = planFor(command);
      assert(!plan.possible, command);
      assert.match(plan.reason, /has no dry run/);
    }
    assert(!planFor('kubectl rollout restart deployment -l app=web').possible);
  });

  it('covers the verbs of the grammar that have a dry run', () => {
    const covered = new Set(commands.map((command) => assessCommand(command, scope).commandType));
    const left = [...verbs.values()]
      .filter(({ changes, flags, takes }) => changes && flags.has('dry-run') && takes !== 'a manifest')
      .map(({ name }) => name)
      .filter((name) => !covered.has(name) && !name.startsWith('create '));
    assert.deepEqual(left, []);
  });

  it('asks for the same as a restart, in the namespace of the command', () => {
    const plan = planFor('kubectl rollout restart deployment/web -n other');
    assert(plan.possible);
    const [argv = []] = plan.commands;
    assert.deepEqual(argv.slice(0, 5), ['kubectl', 'patch', 'deployment/web', '-n', 'other']);
    assert.match(argv.join(' '), /restartedAt/);
  });

  it('keeps what follows after -- apart', () => {
    const plan = planFor('kubectl create job once --image=web:1 -- echo hello');
    assert(plan.possible);
    assert.deepEqual(plan.commands[0]?.slice(-3), ['--', 'echo', 'hello']);
  });
});
