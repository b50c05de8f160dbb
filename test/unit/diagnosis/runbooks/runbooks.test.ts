import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { commandsIn } from '../../../../src/diagnosis/runbooks/commands.ts';
import { fillIn } from '../../../../src/diagnosis/runbooks/placeholders.ts';
import { readRunbooks } from '../../../../src/diagnosis/runbooks/runbook.ts';
import { fittingRunbooks } from '../../../../src/diagnosis/runbooks/runbooks.ts';

const runbook = (head: string, body = '# Steps\n'): { path: string; text: string } => ({
  path: '/books/one.md',
  text: `---\n${head}\n---\n${body}`,
});
const subject = {
  service: 'Checkout',
  alert: 'KubePodCrashLooping checkout',
  namespace: 'shop',
  kind: 'Deployment',
  name: 'checkout',
};
const values = { namespace: 'shop', name: 'checkout', kind: 'deployment', pod: 'checkout-abc-1' };
const fit = (...files: { path: string; text: string }[]): string[] =>
  fittingRunbooks(files, subject, values).runbooks.map(({ path }) => path);
const shell = (content: string, language = 'sh'): string[] =>
  commandsIn(['```' + language, ...content.split('\n'), '```'], 1).map(({ text }) => text);

describe('A runbook', () => {
  it('fits where every pattern of its front matter does, whatever the case', () => {
    assert.equal(fit(runbook('service: checkout\nalert: "*crashloop*"')).length, 1);
    assert.equal(fit(runbook('service: [cart, check*]\nnamespace: shop\nkind: deployment')).length, 1);
    assert.equal(fit(runbook('service: checkout\nalert: "*OOM*"')).length, 0);
    assert.equal(fit(runbook('name: cart')).length, 0);
  });

  it('does not fit by what is not known of the incident', () => {
    const { runbooks } = fittingRunbooks([runbook('service: "*"')], { alert: 'down' }, {});
    assert.deepEqual(runbooks, []);
  });

  it('comes before those that fit less closely, and says why it fits', () => {
    const at = (path: string, head: string): { path: string; text: string } => ({ ...runbook(head), path });
    const files = [
      at('/any.md', 'alert: "*"'),
      at('/pattern.md', 'service: check*'),
      at('/exact.md', 'service: checkout'),
      at('/both.md', 'service: check*\nalert: Kube*'),
    ];
    assert.deepEqual(fit(...files), ['/both.md', '/exact.md', '/pattern.md', '/any.md']);
    const [first, second] = fittingRunbooks(files, subject, values).runbooks;
    assert.deepEqual(first?.why, [
      'service Checkout fits "check*"',
      'alert KubePodCrashLooping checkout fits "Kube*"',
    ]);
    assert.deepEqual(second?.why, ['service Checkout']);
  });

  it('with broken front matter is named with its line, and the others still work', () => {
    const broken: [head: string, line: number, says: RegExp][] = [
      ['service: checkout\nalert: *Crash*', 3, /must stand in quotes: "\*Crash\*"/],
      ['service: [checkout', 2, /not YAML/],
      ['service: x\n\talert: y', 3, /not YAML/],
      ['service:', 2, /service must be a pattern/],
      ['service: {a: b}', 2, /service must be a pattern/],
      ['owner: shop', 2, /at least one of service, alert/],
      ['just words', 2, /at least one of service, alert/],
    ];
    for (const [head, line, says] of broken) {
      const { runbooks, problems } = readRunbooks([runbook(head), runbook('service: a')]);
      assert.equal(runbooks.length, 1, head);
      assert.match(
        problems[0] ?? '',
        new RegExp(`^Runbook /books/one\\.md was left out: line ${line}: `),
        head,
      );
      assert.match(problems[0] ?? '', says);
    }
    assert.match(
      readRunbooks([{ path: 'a.md', text: '---\nservice: a\n' }]).problems[0] ?? '',
      /line 1: .* end/,
    );
    assert.match(readRunbooks([{ path: 'a.md', problem: 'larger than 256 kB' }]).problems[0] ?? '', /256 kB/);
  });

  it('is none without front matter, and nothing is wrong with that', () => {
    assert.deepEqual(readRunbooks([{ path: 'README.md', text: '# How we write runbooks\n' }]), {
      runbooks: [],
      problems: [],
    });
  });

  it('is evidence to be opened at its text, and each section with commands at its heading', () => {
    const body =
      '\n# Checkout crashes\nLook first.\n## Go back\n```sh\nkubectl get pods\n```\n## Later\npassword: hunter22\n';
    const { runbooks, evidence } = fittingRunbooks([runbook('service: checkout', body)], subject, values);
    assert.deepEqual(
      evidence.map(({ id, source }) => [id, source]),
      [
        ['r1', { type: 'runbook', path: '/books/one.md', line: 5 }],
        ['r1-7', { type: 'runbook', path: '/books/one.md', line: 7 }],
      ],
    );
    assert.equal(runbooks[0]?.title, 'Checkout crashes');
    assert.deepEqual(runbooks[0]?.commands[0], {
      text: 'kubectl get pods',
      heading: 'Go back',
      line: 9,
      evidence: 'r1-7',
    });
    assert.doesNotMatch(JSON.stringify(evidence), /hunter22/);
  });

  it('gives no more than a tired person can use, and says what was left out', () => {
    const many = runbook('service: checkout', `# X\n\`\`\`sh\n${'kubectl get pods\n'.repeat(20)}\`\`\`\n`);
    const files = Array.from({ length: 8 }, (_, index) => ({ ...many, path: `/${index}.md` }));
    const { runbooks, notes } = fittingRunbooks(files, subject, values);
    assert.equal(runbooks.length, 5);
    assert.equal(runbooks.flatMap(({ commands }) => commands).length, 12);
    assert.match(notes.join('\n'), /3 more runbooks[\s\S]*88 more commands/);
  });

  it('never breaks the reading of the others, whatever is in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^---\n(service|alert|[a-z&*!{[]{1,3}): ?[\s\S]{0,30}\n---\n[\s\S]{0,60}$/),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), (texts) => {
        const { runbooks, problems } = readRunbooks(texts.map((one) => ({ path: 'x.md', text: one })));
        assert.ok(runbooks.length + problems.length <= texts.length);
      }),
    );
  });
});

describe('The commands of a runbook', () => {
  it('are those of its shell fences that start kubectl', () => {
    assert.deepEqual(shell('kubectl get pods\n\nhelm list\nkubectl -n shop get svc'), [
      'kubectl get pods',
      'kubectl -n shop get svc',
    ]);
    for (const language of ['bash', 'console', 'kubectl', 'SH']) {
      assert.deepEqual(shell('$ kubectl get pods', language), ['kubectl get pods'], language);
    }
    for (const language of ['', 'yaml', 'text', 'python']) {
      assert.deepEqual(shell('kubectl get pods', language), [], language);
    }
    assert.deepEqual(commandsIn(['kubectl get pods', '`kubectl delete pod x`'], 1), []);
  });

  it('are typed behind a prompt where output stands beside them', () => {
    assert.deepEqual(shell('$ kubectl get pods\nNAME  kubectl\n$ date', 'console'), ['kubectl get pods']);
  });

  it('lose their comments and go on behind a backslash, as in a shell', () => {
    assert.deepEqual(shell('# kubectl delete ns shop\nkubectl get pods # all of them'), ['kubectl get pods']);
    assert.deepEqual(shell('kubectl set image \\\n  deployment/x \\\n  app=y:1'), [
      'kubectl set image   deployment/x   app=y:1',
    ]);
    assert.deepEqual(shell(`kubectl get pods -o jsonpath='{#}' "a # b"`), [
      `kubectl get pods -o jsonpath='{#}' "a # b"`,
    ]);
    assert.deepEqual(shell(`kubectl patch x -p '{\n"a":1}'\nkubectl get pods`), [
      `kubectl patch x -p '{\n"a":1}'`,
      'kubectl get pods',
    ]);
  });

  it('are kept whole where kubectl is not all that runs, so that they are refused for it', () => {
    assert.deepEqual(shell('export NS=x && kubectl get pods\nwatch kubectl get pods'), [
      'export NS=x && kubectl get pods',
      'watch kubectl get pods',
    ]);
  });

  it('are never those that a reader of the page does not see', () => {
    assert.deepEqual(
      commandsIn(
        ['<!--', '```sh', 'kubectl delete ns shop', '```', '-->', '```sh', 'kubectl get ns', '```'],
        1,
      ).map(({ text }) => text),
      ['kubectl get ns'],
    );
  });

  it('stand in lists and in fences of any length', () => {
    const lines = [
      '## Do',
      '1. First',
      '   ````sh',
      '   kubectl get pods',
      '   ```',
      '   kubectl get svc',
      '   ````',
    ];
    assert.deepEqual(
      commandsIn(lines, 10).map(({ text, line, heading, headingLine }) => [text, line, heading, headingLine]),
      [
        ['kubectl get pods', 13, 'Do', 10],
        ['kubectl get svc', 15, 'Do', 10],
      ],
    );
  });

  it('are found in any text without trouble', () => {
    const line = fc.oneof(
      fc.constantFrom('```sh', '```', '~~~', '# x', '<!--', '-->', '\\', "'"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { text, line: at } of commandsIn(lines, 1)) {
          assert.match(text, /kubectl/);
          assert.ok(at >= 1 && at <= lines.length);
        }
      }),
    );
  });
});

describe('The placeholders of a runbook', () => {
  it('are filled in from the target', () => {
    assert.deepEqual(fillIn('kubectl -n {{namespace}} logs {{ pod }}', values), {
      text: 'kubectl -n shop logs checkout-abc-1',
    });
    assert.deepEqual(fillIn('kubectl get {{kind}}/{{name}}', values), {
      text: 'kubectl get deployment/checkout',
    });
  });

  it('that stay open are named', () => {
    for (const [command, says] of [
      ['kubectl logs {{pod}}', /\{\{pod\}\} is not known/],
      ['kubectl logs {{container}}', /\{\{container\}\} is not filled in: only \{\{namespace\}\}/],
      ['kubectl logs <pod>', /<pod> is not filled in/],
      ['kubectl logs $POD', /\$POD is not filled in/],
      ['kubectl logs "${POD}"', /\$\{POD\} is not filled in/],
      ['kubectl logs $(date)', /\$\(date\) is not filled in/],
      ['kubectl logs POD_NAME', /POD_NAME is not filled in/],
      ['kubectl logs ...', /\.\.\. is not filled in/],
    ] as const) {
      assert.match(fillIn(command, { namespace: 'shop' }).unfilled ?? '', says, command);
    }
  });

  it('leave alone what only looks like them', () => {
    for (const command of [
      "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
      'kubectl set env deployment/x LOG_LEVEL=debug',
      "kubectl get pods -l 'app in (a,b)'",
    ]) {
      assert.deepEqual(fillIn(command, values), { text: command });
    }
  });

  it('take no value that is more than a name', () => {
    const hostile = fc.string().filter((text) => !/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text));
    fc.assert(
      fc.property(hostile, (name) => {
        assert.notEqual(fillIn('kubectl delete pod {{name}}', { name }).unfilled, undefined);
      }),
    );
  });

  it('do not bring a credential into the journal', () => {
    const { text, unfilled } = fillIn(
      'kubectl set env deployment/x API_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123',
      {},
    );
    assert.doesNotMatch(text, /ghp_/);
    assert.match(unfilled ?? '', /credential/);
  });
});
