import type { Output } from '../../plugin/streams.ts';

/** An Output in memory. */
export interface FakeOutput extends Output {
  /** What was written, as text. */
  readonly text: string;
  readonly bytes: Buffer;
  /** How often it was written to. */
  readonly writes: number;
  /** While set, a writer waits for it. */
  full: Promise<void> | undefined;
}

/** An Output that keeps what is written; `journal` gets it too, to see the order over two of them. */
export function makeFakeOutput(options: Partial<Output> = {}, journal: string[] = []): FakeOutput {
  const chunks: Buffer[] = [];
  return {
    isTTY: false,
    columns: 80,
    rows: 24,
    colour: false,
    full: undefined,
    ...options,
    get text() {
      return Buffer.concat(chunks).toString('utf8');
    },
    get bytes() {
      return Buffer.concat(chunks);
    },
    get writes() {
      return chunks.length;
    },
    async write(data) {
      chunks.push(Buffer.from(data as Uint8Array));
      journal.push(chunks.at(-1)!.toString('utf8'));
      await this.full;
    },
  };
}
