/** Lint rules. The import rule of the house is the table `rooms`: what each folder of src/ may import. */
import tseslint from 'typescript-eslint';

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
};
const all = [...Object.keys(rooms), 'editor'];

const importRule = (files, forbidden, vscodeAllowed) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...(forbidden.length === 0
            ? []
            : [
                {
                  regex: `^(\\.\\./)+(${forbidden.join('|')})(/|\\.ts$)`,
                  message: 'Imports run one way: see the table in eslint.config.mjs.',
                },
              ]),
          ...(vscodeAllowed
            ? []
            : [{ regex: '^vscode$', message: 'Only src/editor and src/extension.ts know the editor.' }]),
        ],
      },
    ],
  },
});

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
  ...Object.entries(rooms).map(([room, allowed]) =>
    importRule(
      [`src/${room}/**/*.ts`],
      [...all, 'agent', 'extension'].filter((other) => other !== room && !allowed.includes(other)),
      false,
    ),
  ),
  importRule(['src/agent.ts'], [], false),
  importRule(['src/editor/**/*.ts'], ['practice', 'webviews', 'extension'], true),
  importRule(['src/extension.ts'], ['practice', 'webviews'], true),
  {
    files: ['**/*.mjs', 'test/**/*.ts', 'src/practice/main.ts'],
    rules: { 'no-console': 'off' },
  },
);
