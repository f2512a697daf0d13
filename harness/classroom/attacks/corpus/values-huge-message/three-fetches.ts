export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  throw new Error(`\u001b[2J<script>alert(1)</script><img src=x onerror=alert(1)>=cmd()\u202e${'x'.repeat(5_000_000)}`);
}
