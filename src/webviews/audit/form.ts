/** What stands in the form of the filters, and the filter that it stands for. Pure. */
import { auditOutcomes, type AuditFilter } from '../../domain/audit-log.ts';

/** What stands in the form; empty where nothing is asked for. Days are the reader's own, `2026-11-22`. */
export interface FilterForm {
  readonly text: string;
  readonly outcome: string;
  readonly risk: string;
  readonly incident: string;
  readonly actor: string;
  readonly context: string;
  readonly from: string;
  readonly to: string;
}

export const emptyForm: FilterForm = {
  text: '',
  outcome: '',
  risk: '',
  incident: '',
  actor: '',
  context: '',
  from: '',
  to: '',
};

/** Whether anything is asked for. */
export const isFiltered = (form: FilterForm): boolean =>
  Object.values(form).some((value) => value.trim() !== '');

/** The filter that a form stands for: both days are within it. */
export function filterOf(form: FilterForm): AuditFilter {
  const from = dayBegins(form.from, 0);
  const before = dayBegins(form.to, 1);
  const outcome = auditOutcomes.find((one) => one === form.outcome);
  const risk = (['low', 'medium', 'high'] as const).find((one) => one === form.risk);
  const texts = (['text', 'incident', 'actor', 'context'] as const).map(
    (name) => [name, form[name].trim()] as const,
  );
  return {
    ...Object.fromEntries(texts.filter(([, value]) => value !== '')),
    ...(outcome === undefined ? {} : { outcome }),
    ...(risk === undefined ? {} : { risk }),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { before }),
  };
}

/** When a day begins where the reader is, as the journal writes times. @param later so many days after it */
function dayBegins(day: string, later: number): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
