/** C0 controls but tab and newline, DEL, and the C1 controls, which some terminals obey as they do ESC sequences. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** The same, but for a carriage return, which can only go back to the beginning of its own line. */
const CONTROLS_OF_OUTPUT = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
/** A colour or style: what a program may ask of a terminal. */
const STYLE = /\x1b\[[0-9;:]{0,64}m/g;
/** A style, or the beginning of one, that the end of a chunk has cut. */
const OPEN_STYLE = /\x1b(\[[0-9;:]{0,64})?$/;
const RESET = '\x1b[0m';

/** A text from the cluster as a terminal may be given it: control characters but tab and newline become visible. */
export function sanitise(text: string): string {
  return text.replace(CONTROLS, show);
}

/** As `cat -v` shows them: `^[` for ESC, `M-^[` for its C1 relative. */
function show(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '^?';
  return code < 0x80 ? `^${String.fromCharCode(code + 64)}` : `M-^${String.fromCharCode(code - 64)}`;
}

/** Makes a program's output, as it comes in chunks, harmless for a terminal; colours pass where they are wanted. */
export class OutputSanitiser {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #colour: boolean;
  #held = '';
  #styled = false;

  constructor(colour: boolean) {
    this.#colour = colour;
  }

  /** What of `chunk`, and of what was held back before, can be shown now. */
  push(chunk: Uint8Array): string {
    const text = this.#held + this.#decoder.decode(chunk, { stream: true });
    const open = OPEN_STYLE.exec(text);
    this.#held = open ? open[0] : '';
    return this.#clean(open ? text.slice(0, open.index) : text);
  }

  /** What is left, and the end of a style that the program has left on. */
  end(): string {
    const rest = this.#clean(this.#held + this.#decoder.decode());
    this.#held = '';
    const reset = this.#styled ? RESET : '';
    this.#styled = false;
    return `${rest}${reset}`;
  }

  #clean(text: string): string {
    let clean = '';
    let from = 0;
    for (const match of text.matchAll(STYLE)) {
      clean += text.slice(from, match.index).replace(CONTROLS_OF_OUTPUT, show);
      from = match.index + match[0].length;
      if (!this.#colour) continue;
      clean += match[0];
      this.#styled = !/^\x1b\[0*m$/.test(match[0]);
    }
    return clean + text.slice(from).replace(CONTROLS_OF_OUTPUT, show);
  }
}
