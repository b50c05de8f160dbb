/** `node page.ts DIRECTORY`: reads the newest page of a journal once, in a process that has read nothing yet, and prints what it took. */
import { AuditReading } from '../../../src/journal/audit-reading.ts';

const [directory = ''] = process.argv.slice(2);
const start = performance.now();
const cpu = process.cpuUsage();
const reading = await AuditReading.begin(directory, { filter: {}, liveRuns: new Set() });
let rows = 0;
for (let state = 'more'; rows < 100 && state === 'more';) {
  const page = await reading.next(100 - rows);
  rows += page.rows.length;
  ({ state } = page);
}
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const { read, total } = reading.progress;
await reading.close();
console.log(JSON.stringify({ rows, wallMs, cpuMs: (user + system) / 1000, read, total }));
