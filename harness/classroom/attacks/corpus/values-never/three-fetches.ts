export function fetchAll(): any {
  return { then() {} };
}
