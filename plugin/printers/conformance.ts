import type { CheckResult, ConformanceReport } from '../services/conformance/run-kit.ts';
import { plain, tableText } from './table.ts';

/** The checks as a table, with what was wrong instead of what should hold, and the sum. */
export function conformanceText({ checks, passed, failed, skipped }: ConformanceReport): string {
  const head = ['CHECK', 'RESULT', 'ABOUT'].map(plain);
  const rows = checks.map(check => [check.name, check.result, aboutOf(check)].map(plain));
  const sum = [`${passed} passed`, `${failed} failed`, `${skipped} skipped`].join(', ');
  return `${tableText([head, ...rows])}${sum}\n`;
}

function aboutOf({ result, about, message }: CheckResult): string {
  if (result === 'passed') return about;
  return result === 'skipped' ? message : `${about}. But ${message}`;
}
