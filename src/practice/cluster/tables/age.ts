/** Ages in kubectl's words: `12s`, `5m30s`, `3h4m`, `2d`, `3y10d`. Rule: k8s.io/apimachinery duration.HumanDuration. */

/** @param milliseconds of the duration */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return both(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return both(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 365 * 8 ? both(years, 'y', days % 365, 'd') : `${years}y`;
}

/** @param since ISO 8601, or a Date where a library has parsed it */
export function ageOf(since: string | Date | undefined | null, now: Date): string {
  return since === undefined || since === null
    ? '<unknown>'
    : humanDuration(now.getTime() - new Date(since).getTime());
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
