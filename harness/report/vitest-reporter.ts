import type { SerializedError } from 'vitest';
import type { TestModule } from 'vitest/node';
import { ResultCollector } from '../runner/result-collector.ts';
import { reportBoard, reportKata } from './terminal-report.ts';

/** What plain `npx vitest run katas/03` prints: the same as `npm test katas/03`. */
export default class KataReporter extends ResultCollector {
  constructor() {
    super(process.env['KATAS_FROM'] ?? null);
  }

  override onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    super.onTestRunEnd(modules, errors);
    const { results } = this;
    console.log(results.length === 1 ? reportKata(results[0]!) : reportBoard(results));
  }
}
