const isoTime = /^(?<day>\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;

/**
 * The moment that `text` names, such as `2026-03-01T18:00+01:00`; null where it is no such time. Without a zone it is this machine's.
 *
 * Stricter than `Date`, which takes `1.4.2026` for January, `2026-02-30` for March, and a day alone for its first moment in Greenwich.
 */
export function parseIsoTime(text: string): Date | null {
  const day = isoTime.exec(text)?.groups?.['day'];
  if (day === undefined) return null;
  const midnight = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  const time = new Date(text.replace(' ', 'T'));
  return isDay && !Number.isNaN(time.getTime()) ? time : null;
}
