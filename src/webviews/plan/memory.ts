/** What the page keeps of its own over a tab switch and a reload: the run, what is unfolded, and how far down one was. */
import * as z from 'zod/mini';
import { keep, kept } from '../host.ts';

const schema = z.object({
  runId: z.string(),
  scroll: z.number(),
  open: z.record(z.string(), z.boolean()),
});
type Kept = z.infer<typeof schema>;

let memory: Kept = schema.safeParse(kept()).data ?? { runId: '', scroll: 0, open: {} };
let restored = false;

/** Turns to a run; what was kept belongs to the one before. */
export function turnTo(runId: string): void {
  if (memory.runId === runId) return;
  remember({ runId, scroll: 0, open: {} });
  // A page that shows another run from now on begins at its top.
  if (restored) window.scrollTo(0, 0);
}

/** Goes back to where one was, once there is something to scroll in. */
export function restoreScroll(): void {
  if (restored) return;
  restored = true;
  const { scroll } = memory;
  requestAnimationFrame(() => {
    window.scrollTo(0, scroll);
    window.addEventListener('scroll', () => remember({ ...memory, scroll: window.scrollY }), {
      passive: true,
    });
  });
}

/** Whether a part is unfolded: as it was left, or else as it begins. */
export function isOpen(key: string, begins: boolean): boolean {
  return memory.open[key] ?? begins;
}

export function setOpen(key: string, open: boolean): void {
  if (memory.open[key] !== open) remember({ ...memory, open: { ...memory.open, [key]: open } });
}

function remember(next: Kept): void {
  memory = next;
  keep(next);
}
