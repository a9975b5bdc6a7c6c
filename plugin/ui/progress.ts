import type { Output } from '../streams.ts';

/** One line at the bottom of stderr that says what is waited for. */
export interface Progress {
  /** Whether the line is to be seen; otherwise there are only notes. */
  readonly isVisible: boolean;
  /** Shows `text` in place of the line before. */
  show(text: string): void;
  /** Takes the line away: something else is about to be written. */
  clear(): void;
  /** Writes a line that stays. */
  note(text: string): void;
}

/** As much of ora as is used. */
export interface Spinner {
  text: string;
  readonly isSpinning: boolean;
  start(): unknown;
  stop(): unknown;
}

/**
 * The line of a spinner on a terminal, nothing elsewhere; `isQuiet`: not even there. ora is imported when the first is
 * shown, as most Runs are over before.
 */
export function makeProgress(stderr: Output, isQuiet = false, loadSpinner = loadOra): Progress {
  const note = (text: string) => void stderr.write(`${text}\n`);
  if (!stderr.isTTY || isQuiet) return { isVisible: false, show: () => undefined, clear: () => undefined, note };
  let spinner: Spinner | undefined;
  let wanted: string | undefined;
  let isLoading = false;

  async function load(): Promise<void> {
    spinner = await loadSpinner(stderr);
    draw();
  }

  function draw(): void {
    if (!spinner) return;
    if (wanted === undefined) {
      if (spinner.isSpinning) spinner.stop();
      return;
    }
    // beside the spinner, and the ^C that the terminal echoes behind the line
    spinner.text = clip(wanted, stderr.columns - 5);
    if (!spinner.isSpinning) spinner.start();
  }

  const progress: Progress = {
    isVisible: true,
    show(text) {
      wanted = text;
      draw();
      if (isLoading) return;
      isLoading = true;
      load().catch(() => undefined); // without the library there is no line, which is no reason to fail
    },
    clear() {
      wanted = undefined;
      draw();
    },
    note(text) {
      if (spinner?.isSpinning) spinner.stop();
      note(text);
      draw();
    },
  };
  return progress;
}

/** A line that wraps leaves its first part behind when it is drawn again. */
function clip(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(1, columns - 1))}…` : text;
}

async function loadOra({ colour }: Output): Promise<Spinner> {
  const { ora } = await import('./ora.ts');
  const { stderr } = process;
  // ora would read stdin to hide what is typed; stdin may be the program's, and Ctrl-C is ours
  const spinner = ora({ stream: stderr, discardStdin: false, ...(colour ? {} : { color: false as const }) });
  const start = spinner.start.bind(spinner);
  // a terminal that does not know its width, as script(1) makes one, would have it erase lines for ever
  return Object.assign(spinner, { start: () => (stderr.columns ? start() : spinner) });
}
