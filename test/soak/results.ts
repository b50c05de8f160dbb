/** What a soak came to, in words. */
import type { Soaked } from './soak.ts';

/** Growth of the heap that is more than what one collection differs from the next by. */
const tolerated = 1.25;

/** How the heap of the last third of the looks compares to that of the second one: the first is spent on loading. */
export function growth({ heap }: Pick<Soaked, 'heap'>): { readonly ratio: number; readonly grows: boolean } {
  const third = Math.floor(heap.length / 3);
  if (third === 0) return { ratio: 1, grows: false };
  const median = (sizes: readonly number[]): number =>
    sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  const ratio = median(heap.slice(-third)) / median(heap.slice(third, 2 * third));
  return { ratio, grows: ratio > tolerated };
}

/** The page of RESULTS.md. */
export function page(soaked: Soaked, minutes: number): string {
  const { incidents, ends, faults, heap, open, commands } = soaked;
  const megabytes = heap.map((bytes) => (bytes / 1e6).toFixed(1));
  const { ratio, grows } = growth(soaked);
  const lines = [
    '# A soak',
    '',
    'By `npm run soak`: incidents of the catalogue in the product in YOLO mode, several at once, on the practice cluster, whose time goes by faster. Each in a namespace of its own; the product in a process of its own, with one journal.',
    '',
    `${String(incidents)} incidents in ${minutes.toFixed(1)} minutes: ${Object.entries(ends)
      .map(([status, count]) => `${String(count)} ${status}`)
      .join(', ')}. ${String(commands)} commands changed something.`,
    '',
    `Heap after a collection, as the incidents went by (MB): ${megabytes.join(', ')}. The last third is ${ratio.toFixed(2)} of the second one${grows ? ': it grows' : ''}. Open files: ${open.join(', ')}.`,
    '',
    ...(faults.length === 0
      ? [
          'No run got stuck, none did harm, no command ran twice, and nothing was called resolved that is not. kubectl sent as many changes as the audit log has commands that change something.',
        ]
      : ['What must not happen, and did:', '', ...faults.map((fault) => `- ${fault}`)]),
    '',
  ];
  return lines.join('\n');
}
