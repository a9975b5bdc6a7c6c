import { KrtError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/** What stderr shows of an error, and how the process ends. */
export interface Report {
  readonly text: string;
  readonly exitCode: number;
}

/** Commands of krt's that hints tell to type. */
const HINTED = /(?<!kubectl )\bkrt (?=(list|describe|runtime|local|install)\b)/g;

/**
 * One line of what and one of what to do; what is not a KrtError is a bug, and shows its stack. `bin` is how the user
 * calls us, who may not have krt by its own name.
 */
export function reportError(error: unknown, colour: boolean, bin = 'krt'): Report {
  const label = colour ? '\u001b[31merror:\u001b[39m' : 'error:';
  if (!(error instanceof KrtError) || error.sort === 'bug') {
    const stack = withoutControls((error instanceof Error && error.stack) || String(error));
    return { text: `${label} this is a bug of krt's, please report it\n${stack}\n`, exitCode: EXIT.internal };
  }
  const what = inOneLine(error.message);
  // an interrupt is the user's own doing, not an error
  const first = what && error.exitCode !== EXIT.interrupted ? `${label} ${what}` : what;
  const lines = [first, inOneLine(error.hint ?? '').replace(HINTED, `${bin} `)].filter(line => line !== '');
  return { text: lines.map(line => `${line}\n`).join(''), exitCode: error.exitCode };
}

const inOneLine = (text: string) => withoutControls(text.trim().replace(/\s*\n\s*/g, '; '));

/** Messages carry what others wrote: the API server, files, programs. */
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
