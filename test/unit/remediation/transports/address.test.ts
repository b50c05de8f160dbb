import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mcpAddress } from '../../../../src/remediation/transports/address.ts';

describe('the address of an MCP server that runs already', () => {
  const addresses: readonly [host: string, port: number | undefined, address: string | undefined][] = [
    ['localhost', undefined, 'http://localhost:8080/mcp'],
    ['127.0.0.1', 9000, 'http://127.0.0.1:9000/mcp'],
    ['::1', 9000, 'http://[::1]:9000/mcp'],
    ['mcp.example.com', undefined, 'https://mcp.example.com:8080/mcp'],
    ['10.0.0.7', 443, 'https://10.0.0.7/mcp'],
    ['https://mcp.example.com', undefined, 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/team/mcp', 8443, 'https://mcp.example.com:8443/team/mcp'],
    ['http://mcp.example.com', 8080, 'http://mcp.example.com:8080/mcp'],
    ['file:///etc/passwd', undefined, undefined],
    ['https://ada:secret@mcp.example.com', undefined, undefined],
    ['mcp.example.com/other', undefined, undefined],
    ['not a host', undefined, undefined],
    ['', undefined, undefined],
  ];
  for (const [host, port, address] of addresses) {
    it(`${host || '(empty)'} with port ${port ?? '(none)'} is ${address ?? 'none'}`, () => {
      assert.equal(mcpAddress(host, port)?.href, address);
    });
  }

  it('is plain http to another machine only where that was written out', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }),
        fc.option(fc.nat(65_535), { nil: undefined }),
        (host, port) => {
          const address = mcpAddress(host, port);
          if (address?.protocol !== 'http:') return;
          assert.ok(
            host.toLowerCase().startsWith('http://') ||
              ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname),
          );
        },
      ),
    );
  });
});
