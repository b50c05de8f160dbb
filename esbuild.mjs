/**
 * Builds everything in dist/. `node esbuild.mjs [--production]`.
 * What has not changed is left as it is: a VS Code that runs from dist/ loads parts of it on first use.
 */
import * as esbuild from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');

/** Modules loaded on first use, each a bundle of its own. A dynamic import of anything else is a build error. */
const parts = {
  'src/cluster/connect.ts': 'cluster',
  'src/diagnosis/claude/claude.ts': 'claude',
  'src/journal/reader.ts': 'reader',
  'src/journal/scrub.ts': 'scrub',
  'src/journal/views.ts': 'views',
  'src/pagerduty/alert.ts': 'alert',
  'src/remediation/engine.ts': 'engine',
  'src/remediation/transports/mcp.ts': 'mcp',
  'src/remediation/transports/private-folders.ts': 'private-folders',
  'src/editor/pagerdutyLink.ts': 'pagerduty',
};
/** The same, for parts that need the editor. */
const editorParts = { 'src/editor/runs.ts': 'runs' };

const entriesOf = (table) =>
  Object.fromEntries(Object.entries(table).map(([module, part]) => [part, module]));

/** Turns `import('./part.ts')` into a lazy require of the part's own bundle. */
const lazyParts = {
  name: 'lazy-parts',
  setup(build) {
    build.onResolve({ filter: /^\./ }, (args) => {
      if (args.kind !== 'dynamic-import' || args.importer.includes('node_modules')) return undefined;
      const module = relative(root, resolve(args.resolveDir, args.path));
      const part = parts[module] ?? editorParts[module];
      return part
        ? { path: `./${part}.js`, external: true }
        : { errors: [{ text: `${module} is imported dynamically but is no part in esbuild.mjs` }] };
    });
  },
};

/** Puts the list of folders in the place of the module that reads them. */
const scenarioCatalogue = {
  name: 'scenario-catalogue',
  setup(build) {
    build.onLoad({ filter: /src[/\\]practice[/\\]scenarios[/\\]catalogue\.ts$/ }, (args) => {
      const resolveDir = dirname(args.path);
      const folders = readdirSync(resolveDir).filter((name) =>
        existsSync(resolve(resolveDir, name, 'scenario.ts')),
      );
      const imports = folders.map((name, i) => `import { scenario as s${i} } from './${name}/scenario.ts';`);
      const list = folders.map((_, i) => `s${i}`).join(', ');
      return {
        contents: `${imports.join('\n')}\nexport const catalogue = [${list}];\n`,
        resolveDir,
        loader: 'ts',
      };
    });
  },
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  write: false,
};

const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  plugins: [lazyParts, scenarioCatalogue],
  outdir: 'dist',
};

const dist = resolve(root, 'dist');

/** Writes a file whole or not at all, and only where it differs. */
function write(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

/** Takes away what an earlier build left in dist/. */
function removeAllBut(paths) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !paths.includes(path)) rmSync(path);
  }
}

const webviews = readdirSync(resolve(root, 'src/webviews'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(resolve(root, 'src/webviews', entry.name, 'main.ts')))
  .map((entry) => entry.name);

const builds = await Promise.all([
  esbuild.build({
    ...node,
    entryPoints: { extension: 'src/extension.ts', ...entriesOf(editorParts) },
    external: ['vscode'],
  }),
  // No `vscode` external here: the build fails if the core ever needs the editor.
  esbuild.build({
    ...node,
    entryPoints: {
      agent: 'src/agent.ts',
      practice: 'src/practice/main.ts',
      ...entriesOf(parts),
    },
  }),
  esbuild.build({
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'chrome134',
    entryPoints: {
      codicon: 'node_modules/@vscode/codicons/dist/codicon.css',
      ...Object.fromEntries(webviews.map((name) => [name, `src/webviews/${name}/main.ts`])),
    },
    assetNames: '[name]',
    outdir: 'dist/webviews',
    loader: { '.ttf': 'file' },
  }),
]);

const files = builds.flatMap(({ outputFiles }) => outputFiles);
const packageJson = {
  path: join(dist, 'package.json'),
  contents: Buffer.from('{"type":"commonjs"}\n'),
};
for (const { path, contents } of [packageJson, ...files]) write(path, contents);
removeAllBut([packageJson, ...files].map(({ path }) => path));
