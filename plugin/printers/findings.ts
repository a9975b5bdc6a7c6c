import type { Finding } from '../services/install/finding.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** Findings one below the other, what to do about each behind an arrow. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.map(({ level, what, hint }) => {
    const advice = hint === undefined ? '' : `${' '.repeat(INDENT)}-> ${sanitise(hint)}\n`;
    return `${level.padEnd(INDENT)}${sanitise(what)}\n${advice}`;
  });
  const wrong = findings.filter(({ level }) => level === 'wrong').length;
  const well = findings.some(({ level }) => level === 'hidden') ? 'nothing that you may see is wrong' : 'krt is well';
  const end = wrong === 0 ? well : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong`;
  return `${lines.join('')}${end}\n`;
}

const INDENT = 7;
