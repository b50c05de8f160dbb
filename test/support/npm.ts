/** npm, run on the Node that runs this process. */
import { delimiter, dirname } from 'node:path';
import { mustRun } from './processes.ts';

/** What an enclosing npm says of itself and its package: the npm that runs here is another, on another package. */
const enclosing =
  /^(npm_(?!config_)|npm_config_(user_agent|node_gyp|init_module|(local_|global_)?prefix)$|INIT_CWD$)/;

/**
 * Runs npm with this process's Node first on PATH, so that what it compiles fits this Node.
 * @param cwd a folder with a package.json of its own
 */
export async function npm(args: readonly string[], cwd: string, timeoutMs: number): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(
      `This runs on Node ${process.version} and needs Node 24. Run it through npm: npm start, npm test.`,
    );
  }
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !enclosing.test(name)));
  env['PATH'] = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const own = process.env['npm_execpath'];
  return own
    ? mustRun(process.execPath, [own, ...args], { cwd, env, timeoutMs })
    : mustRun('npm', args, { cwd, env, timeoutMs });
}
