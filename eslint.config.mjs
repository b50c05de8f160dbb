/** Lint rules. The import rule of the house is the table `rooms`: what each folder of src/ may import. */
import { relative, resolve, sep } from 'node:path';
import tseslint from 'typescript-eslint';

const core = ['domain', 'kubectl', 'policy', 'journal', 'pagerduty', 'cluster', 'diagnosis', 'remediation'];

const rooms = {
  domain: [],
  kubectl: ['domain'],
  policy: ['domain', 'kubectl'],
  journal: ['domain'],
  pagerduty: ['domain'],
  cluster: ['domain'],
  diagnosis: ['domain', 'cluster'],
  remediation: ['domain', 'kubectl', 'policy', 'journal', 'cluster', 'diagnosis'],
  ipc: ['domain'],
  webviews: ['domain', 'ipc'],
  practice: [],
  agent: [...core],
  editor: [...core, 'agent', 'ipc'],
  extension: [...core, 'agent', 'ipc', 'editor'],
};
const src = resolve(import.meta.dirname, 'src');

/** The room of a file: the first folder below src/, or the file itself. */
function roomOf(path) {
  const [first] = relative(src, path).split(sep);
  return first.replace(/\.ts$/, '');
}

/** Imports run one way, and only the editor knows the editor. */
const importRule = {
  create(context) {
    const room = roomOf(context.filename);
    const allowed = rooms[room];
    const check = (node) => {
      const name = node.source?.value;
      if (typeof name !== 'string') return;
      if (name === 'vscode' && room !== 'editor' && room !== 'extension') {
        context.report({ node, message: 'Only src/editor and src/extension.ts know the editor.' });
      }
      if (!name.startsWith('.')) return;
      const other = roomOf(resolve(context.filename, '..', name));
      if (other !== room && !allowed.includes(other)) {
        context.report({
          node,
          message: `src/${room} may not import src/${other}: see the table in eslint.config.mjs.`,
        });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/', 'artifacts/'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { imports: importRule } } },
    rules: { 'house/imports': 'error' },
  },
  {
    files: ['**/*.mjs', 'test/**/*.ts', 'src/practice/main.ts'],
    rules: { 'no-console': 'off', 'max-lines': 'off' },
  },
);
