import { sanitise } from '../../terminal/sanitise.ts';
import type { Candidate } from './complete.ts';

/** Bits of the number in the last line, as Cobra has them: kubectl reads them of its plugins. */
const NO_SPACE = 2;
const NO_FILES = 4;

/** Candidates in the text that kubectl, and the scripts of `krt completion`, read: a word a line, then a number. */
export function cobraText(current: string, candidates: readonly Candidate[], files: boolean): string {
  const fitting = candidates.filter(({ word }) => word.startsWith(current));
  // = and / want something behind them
  const isOpen = fitting.length > 0 && fitting.every(({ word }) => /[=/]$/.test(word));
  const lines = fitting.map(({ word, about }) => sanitise(about ? `${word}\t${about}` : word).replaceAll('\n', ' '));
  return [...lines, `:${(isOpen ? NO_SPACE : 0) | (files ? 0 : NO_FILES)}`, ''].join('\n');
}
