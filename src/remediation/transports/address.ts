/** Where an MCP server that was started by somebody else is reached. Pure. */

const defaultPort = 8080;
const loopback = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/**
 * The address of the server's streamable HTTP endpoint: http on this machine, https everywhere else. Plain http to another
 * machine takes writing it out, as `http://host`.
 * @param host a name or address, or a whole `http(s)://` URL
 * @returns undefined where `host` can be neither
 */
export function mcpAddress(host: string, port: number | undefined): URL | undefined {
  const written = host.includes('://');
  const name = !written && host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const text = written
    ? host
    : `${loopback.has(host.toLowerCase()) ? 'http' : 'https'}://${name}:${port ?? defaultPort}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '' || (!written && url.pathname !== '/')) return undefined;
  if (written && url.port === '' && port !== undefined) url.port = String(port);
  if (url.pathname === '/') url.pathname = '/mcp';
  return url;
}
