import { KrtError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/** What stderr shows of an error, and how the process ends. */
export interface Report {
  readonly text: string;
  readonly exitCode: number;
}

/** One line of what and one of what to do; what is not a KrtError is a bug, and shows its stack. */
export function reportError(error: unknown, colour: boolean): Report {
  const label = colour ? '\u001b[31merror:\u001b[39m' : 'error:';
  if (!(error instanceof KrtError) || error.sort === 'bug') {
    const stack = withoutControls((error instanceof Error && error.stack) || String(error));
    return { text: `${label} this is a bug of krt's, please report it\n${stack}\n`, exitCode: EXIT.internal };
  }
  const what = inOneLine(error.message);
  // an interrupt is the user's own doing, not an error
  const first = what && error.exitCode !== EXIT.interrupted ? `${label} ${what}` : what;
  const lines = [first, inOneLine(error.hint ?? '')].filter(line => line !== '');
  return { text: lines.map(line => `${line}\n`).join(''), exitCode: error.exitCode };
}

const inOneLine = (text: string) => withoutControls(text.trim().replace(/\s*\n\s*/g, '; '));

/** Messages carry what others wrote: the API server, files, programs. */
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
