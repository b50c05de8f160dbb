/** What the page keeps of its own over a tab switch and a reload: what is asked for, what is open, and how far down one was. */
import * as z from 'zod/mini';
import { keep, kept } from '../host.ts';
import { emptyForm } from './form.ts';

const text = z.string().check(z.maxLength(200));
const schema = z.object({
  form: z.object({
    text,
    outcome: text,
    risk: text,
    incident: text,
    actor: text,
    context: text,
    from: text,
    to: text,
  }),
  open: z.array(z.string()),
  /** The line that the keyboard is at. */
  at: z.string(),
  charts: z.boolean(),
  /** How many lines were shown. */
  rows: z.number(),
  scroll: z.number(),
});
export type Memory = z.infer<typeof schema>;

let memory: Memory = schema.safeParse(kept()).data ?? {
  form: emptyForm,
  open: [],
  at: '',
  charts: false,
  rows: 0,
  scroll: 0,
};

export const remembered = (): Memory => memory;

export function remember(changed: Partial<Memory>): void {
  memory = { ...memory, ...changed };
  keep(memory);
}
