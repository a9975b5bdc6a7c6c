import type { Clock } from '../../lib/clock.ts';
import { STREAMS, type StreamName } from '../../protocol/index.ts';
import type { Cut } from './cuts.ts';
import { FloodCap, type LogItem } from './flood-cap.ts';
import { LineSplitter } from './line-splitter.ts';
import type { LogLines } from './log-line.ts';
import type { LogWriter } from './log-writer.ts';
import type { LogSpool } from './spool.ts';

/** What the log of one attempt needs. */
export interface RunLogOptions {
  readonly writer: LogWriter;
  readonly lines: LogLines;
  readonly clock: Clock;
  readonly capBytes: number;
  /** Milliseconds that an open line waits for its newline before it is shown as it is. */
  readonly flushMs: number;
  /** An earlier process wrote this log before: its output is read again from the beginning. */
  readonly adopted: boolean;
  /** Cuts of the earlier process, in order. */
  readonly cuts: readonly Cut[];
  readonly onCut: (cut: Cut) => void;
  readonly onLines: (lines: number, bytes: number) => void;
  /** Where the same lines wait for the archive; absent: there is none. */
  readonly spool?: LogSpool | undefined;
}

/** Characters that a batch gathers before it goes to the writer: the turn of one Run. */
const BATCH = 64 * 1024;
/** An adopted execution's output is there already and comes without a pause; only after this one is it news. */
const CAUGHT_UP_MS = 1000;

/**
 * The output of one attempt on its way to the log. Sequence numbers depend on the bytes and the noted cuts alone, so
 * that reading all of it again after a restart gives the same lines, which readers know by (attempt, seq).
 */
export class RunLog {
  readonly #options: RunLogOptions;
  readonly #splitter = new LineSplitter();
  readonly #cap: FloodCap;
  readonly #replay: Cut[];
  #position = 0;
  #seq = 0;
  #batch: string[] = [];
  #batchSize = 0;
  #turn: Promise<void> = Promise.resolve();
  readonly #timers: Record<StreamName, AbortController | undefined> = { stdout: undefined, stderr: undefined };
  #caughtUp: boolean;
  #failure: unknown;
  #spoolFailure: unknown;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.#cap = new FloodCap(options.capBytes);
    this.#replay = [...options.cuts];
    this.#caughtUp = !options.adopted;
  }

  /** The last sequence number given. */
  get seq(): number {
    return this.#seq;
  }

  /** Why lines were lost on their way out, where the sink failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** What is to be archived. */
  get spool(): LogSpool | undefined {
    return this.#options.spool;
  }

  /** Why that is not all, where the disk failed. */
  get spoolFailure(): unknown {
    return this.#spoolFailure;
  }

  /** Takes output; resolves when the sink took the lines it completes, so that a reader who waits holds back. Never rejects. */
  chunk(stream: StreamName, data: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      let rest = data;
      while (rest.length > 0) {
        const cut = this.#replay[0];
        const length = cut ? Math.min(rest.length, Math.max(0, cut.position - this.#position)) : rest.length;
        for (const piece of this.#splitter.push(stream, rest.subarray(0, length))) {
          this.#stopTimer(stream); // the line that it was for is complete
          await this.#add(piece);
        }
        this.#position += length;
        rest = rest.subarray(length);
        await this.#replayCuts();
      }
      await this.#send();
      this.#armTimer(stream);
    });
  }

  /** Tells of bytes that the Runtime Server no longer has. Never rejects. */
  gap(stream: StreamName, bytes: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#flush(stream);
      this.#position += bytes;
      await this.#add({ note: `[krt] ${bytes} bytes of ${stream} were left out here: the output is capped` });
      await this.#send();
    });
  }

  /** Writes what is open and the end line; gives the last sequence number before it. Never rejects. */
  async end(): Promise<number> {
    await this.#inTurn(async () => {
      for (const stream of STREAMS) await this.#flush(stream);
      for (const item of this.#cap.rest()) await this.#emit(item);
      this.#push(this.#options.lines.end(this.#seq + 1, this.#time()));
      await this.#send();
    });
    return this.#seq;
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(act);
    return this.#turn;
  }

  /** Once a line has been open for long enough it is shown as it is, and the place is noted before. */
  #armTimer(stream: StreamName): void {
    if (!this.#splitter.hasOpen(stream)) this.#stopTimer(stream);
    else if (!this.#timers[stream]) this.#startTimer(stream);
  }

  #startTimer(stream: StreamName): void {
    const { clock, flushMs, onCut } = this.#options;
    const timer = new AbortController();
    this.#timers[stream] = timer;
    const show = () =>
      this.#inTurn(async () => {
        if (timer.signal.aborted) return; // the line was completed meanwhile
        this.#timers[stream] = undefined;
        this.#caughtUp = true;
        for (const piece of this.#splitter.flush(stream, false)) {
          onCut({ position: this.#position, stream });
          await this.#add(piece);
        }
        await this.#send();
      });
    const wait = this.#caughtUp ? flushMs : Math.max(flushMs, CAUGHT_UP_MS);
    clock.sleep(wait, timer.signal).then(show, () => undefined); // aborted: the line was completed
  }

  #stopTimer(stream: StreamName): void {
    this.#timers[stream]?.abort();
    this.#timers[stream] = undefined;
  }

  async #replayCuts(): Promise<void> {
    while (this.#replay[0] && this.#replay[0].position <= this.#position) {
      for (const piece of this.#splitter.flush(this.#replay.shift()!.stream, false)) await this.#add(piece);
    }
  }

  async #flush(stream: StreamName): Promise<void> {
    this.#stopTimer(stream);
    for (const piece of this.#splitter.flush(stream, true)) await this.#add(piece);
  }

  async #add(item: LogItem): Promise<void> {
    if (this.#cap.admit(item)) await this.#emit(item);
  }

  async #emit(item: LogItem): Promise<void> {
    this.#seq += 1;
    this.#push(this.#options.lines.item(item, this.#seq, this.#time()));
    if (this.#batchSize >= BATCH) await this.#send();
  }

  #push(line: string): void {
    this.#batch.push(line);
    this.#batchSize += line.length;
  }

  async #send(): Promise<void> {
    if (this.#batch.length === 0) return;
    const { writer, spool, onLines } = this.#options;
    const [batch, size] = [this.#batch, this.#batchSize];
    this.#batch = [];
    this.#batchSize = 0;
    const text = batch.join('');
    const spooled = this.#spoolFailure === undefined ? spool?.write(text) : undefined;
    await spooled?.catch(error => (this.#spoolFailure = error)); // told when it is to be archived
    try {
      await writer.write(text);
      onLines(batch.length, size);
    } catch (error) {
      this.#failure ??= error; // told in the Run's message: there is no other place left
    }
  }

  #time(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}
