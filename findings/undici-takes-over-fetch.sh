#!/bin/sh
# Importing the package undici changes the fetch that Node has built in, for the whole process.
#
# undici 8.12.4 with Node 24.9.0. On import it puts an Agent of its own where Node's bundled copy looks for one
# (Symbol.for('undici.globalDispatcher.1')), although nobody calls setGlobalDispatcher. From then on requests of the global
# fetch go through the package, with its rules: a content-length of the right value among the headers, which Node's own
# copy takes, is refused before anything is sent. A client that loads undici for one purpose (as the JavaScript client of
# Kubernetes does) thereby changes every other client of the process that uses the global fetch.
#
# Seen: without the import "200"; with it "invalid content-length header". Fails if that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent undici@8.12.4 node@24.9.0 >/dev/null
cat >ask.mjs <<'EOF'
import { createServer } from 'node:http';
if (process.argv[2] === 'imported') await import('undici');
const server = createServer((request, response) => request.resume().on('end', () => response.end()));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
try {
  const answer = await fetch(url, { method: 'POST', body: 'abc', headers: { 'content-length': '3' } });
  console.log(answer.status);
} catch (error) {
  console.log(error.cause?.message ?? error.message);
}
server.closeAllConnections();
server.close();
EOF
alone=$(node_modules/.bin/node ask.mjs alone)
imported=$(node_modules/.bin/node ask.mjs imported)
echo "without the import: $alone"
echo "with the import: $imported"
[ "$alone" = 200 ] && [ "$imported" = 'invalid content-length header' ]
