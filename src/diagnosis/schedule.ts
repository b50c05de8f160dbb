/** The schedules of CronJobs (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax). */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Minute, hour, day of the month, month, day of the week: what each may hold. */
const fields: readonly { least: number; most: number; names?: readonly string[]; firstName?: number }[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: months, firstName: 1 },
  { least: 0, most: 6, names: days, firstName: 0 },
];

const macros = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** Whether the CronJob controller can read a schedule. */
export function isSchedule(text: string): boolean {
  const plain = text.trim().replace(/^(?:CRON_TZ|TZ)=\S+\s+/, '');
  if (macros.has(plain) || /^@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(plain)) return true;
  const words = plain.split(/\s+/);
  return words.length === fields.length && words.every((word, index) => isField(word, index));
}

function isField(word: string, index: number): boolean {
  const { least, most, names = [], firstName = 0 } = fields[index] ?? { least: 0, most: 0 };
  const value = (one: string): number => {
    const named = names.indexOf(one.toLowerCase());
    if (named >= 0) return named + firstName;
    return /^\d{1,3}$/.test(one) ? Number(one) : NaN;
  };
  const within = (number: number): boolean => number >= least && number <= most;
  return word.split(',').every((part) => {
    const [range = '', step, ...more] = part.split('/');
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false;
    if (range === '*' || range === '?') return true;
    const ends = range.split('-').map(value);
    const [from = NaN, to = from] = ends;
    return ends.length <= 2 && within(from) && within(to) && from <= to;
  });
}
