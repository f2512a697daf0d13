/** Milliseconds without their unit, as short as they stay true: `1000`, `104`, `0.4`. */
export function formatMs(ms: number): string {
  const digits = Math.abs(ms) < 10 ? 1 : 0;
  return String(Number(ms.toFixed(digits)));
}
