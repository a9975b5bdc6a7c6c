import type { Output } from '../streams.ts';

/** A screen of its own on a terminal, with the one before behind it. */
export interface LiveView {
  /** Shows `text` in place of what is shown; what does not fit is not shown. */
  draw(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** The other screen, without a cursor, and lines are cut at the edge; and all that back. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** The process, as far as Ctrl-Z goes. */
export type Suspendable = Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid' | 'platform'>;

/** Opens a live view on a terminal; Ctrl-Z gives the terminal back for as long as it lasts. */
export function openLiveView(stdout: Output, proc: Suspendable = process): LiveView {
  let shown = '';
  let isSuspended = false;
  const draw = (text: string) => {
    shown = text;
    // a timer may come before the signal that tells of the end of a suspension
    if (isSuspended) return;
    const lines = text.trimEnd().split('\n').slice(0, stdout.rows);
    // each line is wiped before it is written: at the edge, the cursor stands on the last character
    const rest = lines.length < stdout.rows ? `\r\n${REST_OF_SCREEN}` : '';
    void stdout.write(`${HOME}${lines.map(line => `${REST_OF_LINE}${line}`).join('\r\n')}${rest}`);
  };
  const suspend = () => {
    isSuspended = true;
    void stdout.write(LEAVE);
    proc.kill(proc.pid, 'SIGSTOP');
  };
  const resume = () => {
    isSuspended = false;
    void stdout.write(ENTER);
    draw(shown);
  };
  // Windows has neither signal
  const suspends = proc.platform !== 'win32';
  if (suspends) proc.on('SIGTSTP', suspend).on('SIGCONT', resume);
  void stdout.write(ENTER);
  return {
    draw,
    close() {
      if (suspends) proc.off('SIGTSTP', suspend).off('SIGCONT', resume);
      void stdout.write(LEAVE);
    },
  };
}
