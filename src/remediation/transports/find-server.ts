/** Where the program of the Kubernetes MCP server is. */
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { OncallError } from '../../domain/error.ts';
import { absoluteEntries } from '../../cluster/environment.ts';

const packageName = 'kubernetes-mcp-server';
const windows = process.platform === 'win32';
const native = `${packageName}-${windows ? 'windows' : process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

/**
 * Finds the native program, as an absolute path. What npm puts on the search path is a script that starts it and writes
 * to stdout when it is told to end, in the middle of the protocol: the program that it would start is taken instead.
 * @param configured `oncall.mcp.serverPath`; without it the first one on the search path is taken
 * @throws OncallError `mcp-unavailable`, saying where it looked
 */
export async function findMcpServer(configured: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  if (configured !== undefined) {
    if (!isAbsolute(configured))
      throw missing(`"oncall.mcp.serverPath" is not an absolute path: ${configured}`);
    const program = await programAt(configured);
    if (program === undefined)
      throw missing(
        `There is no MCP server that can be run at ${configured}, where "oncall.mcp.serverPath" points`,
      );
    return program;
  }
  const folders = absoluteEntries(env['PATH'] ?? env['Path'] ?? '');
  for (const folder of folders) {
    const program =
      (await programAt(join(folder, windows ? `${packageName}.exe` : packageName))) ??
      (await programAt(join(folder, 'node_modules', packageName, 'bin', 'index.js')));
    if (program !== undefined) return program;
  }
  throw missing(`No ${packageName} was found on the search path`);
}

/** The program that a path stands for; undefined where nothing can be run. */
async function programAt(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    const script = basename(real) === 'index.js' && basename(dirname(dirname(real))) === packageName;
    if (!script) return (await isProgram(real)) ? real : undefined;
    const home = dirname(dirname(real));
    const file = join('bin', windows ? `${native}.exe` : native);
    for (const folder of [join(home, 'node_modules', native), join(dirname(home), native)]) {
      if (await isProgram(join(folder, file))) return join(folder, file);
    }
    return undefined;
  } catch {
    return undefined;
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function missing(message: string): OncallError {
  return new OncallError(
    'mcp-unavailable',
    message,
    `Install it with "npm install -g ${packageName}", or set "oncall.mcp.serverPath" to its program.`,
  );
}
