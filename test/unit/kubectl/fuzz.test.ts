/** Whatever comes in, an assessment comes out, and the promises of the table hold for it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assessCommand } from '../../../src/kubectl/assess.ts';
import { parseCommand } from '../../../src/kubectl/grammar.ts';
import { quoteWords } from '../../../src/kubectl/words.ts';

const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...[
        'get',
        'delete',
        'scale',
        'rollout',
        'restart',
        'undo',
        'set',
        'env',
        'image',
        'patch',
        'label',
        'exec',
        'logs',
      ],
      ...[
        'pods',
        'po',
        'ns',
        'secrets',
        'deploy/web',
        'secret/db',
        'web',
        'a=b',
        'a-',
        'all',
        'foo.example.com',
        'top',
      ],
      ...[
        '-n',
        'shop',
        '-nkube-system',
        '-A',
        '--all',
        '--dry-run=server',
        '--dry-run',
        '--dry-run=none',
        '-o',
        'yaml',
      ],
      ...[
        '-oyaml',
        '--force',
        '--replicas=0',
        '--replicas',
        '2',
        '-l',
        'app=x',
        '--',
        '-p',
        '{}',
        '-f',
        '--raw',
        '/x',
      ],
      ...[
        '--list',
        '--resolve',
        '-it',
        '--as=x',
        '-v=9',
        '',
        '-',
        '=',
        '--=',
        '-=',
        'constructor',
        '__proto__',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const start = fc.constantFrom(
  ...[
    'get pods',
    'get secret',
    'delete pod',
    'delete ns',
    'scale deploy',
    'rollout restart deploy',
    'set image deploy',
  ],
  ...[
    'set env deploy',
    'label po',
    'annotate secret',
    'patch svc',
    'exec web',
    'logs web',
    'describe',
    'cordon',
    'create',
    'create deploy',
    'create secret generic',
    'apply',
    'run',
    'expose deploy web',
    'drain',
    'taint node',
    'certificate approve',
    'debug',
    'port-forward',
    '',
  ],
);
const words = fc
  .tuple(start, fc.array(word, { maxLength: 6 }))
  .map(([verb, rest]) => ['kubectl', ...verb.split(' ').filter((part) => part !== ''), ...rest]);

describe('any command', () => {
  it('is assessed without an error, and holds the promises of the table', () => {
    let understood = 0;
    fc.assert(
      fc.property(words, (argv) => {
        const assessment = assessCommand(argv, { defaultNamespace: 'shop' });
        const { riskLevel, mutates, rejected, forbidden, sensitive, reason } = assessment;
        assert.ok(reason.length > 0 && reason.endsWith('.'));
        if (!rejected) understood++;
        if (riskLevel === 'low') assert.ok(!mutates && !rejected && !forbidden && !sensitive, reason);
        if (forbidden || rejected || sensitive) assert.equal(riskLevel, 'high');
        if (!rejected) assert.deepEqual(assessment.argv, argv);
        const changing = parseCommand(argv);
        if (!rejected && changing.ok && changing.command.verb.changes && !mutates) {
          assert.ok(
            argv.some((part) => part.startsWith('--dry-run=') || part === '--list'),
            argv.join(' '),
          );
        }
      }),
      { numRuns: 15_000 },
    );
    assert.ok(understood > 1000, `only ${understood} were understood`);
  });

  it('as text is assessed without an error, and like its words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          words.map((argv) => argv.join(' ')),
          words.map(quoteWords),
        ),
        (text) => {
          const assessment = assessCommand(text);
          if (!assessment.rejected) assert.deepEqual(assessment, assessCommand(assessment.argv));
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
