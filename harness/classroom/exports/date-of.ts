/** `2026-06-01 14:33 UTC`, of an ISO 8601 instant. */
export function dateOf(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
