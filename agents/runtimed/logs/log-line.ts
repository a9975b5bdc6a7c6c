import { isUtf8 } from 'node:buffer';
import type { Attempt } from '../attempt.ts';
import type { LogItem } from './flood-cap.ts';

/** Makes the lines of one attempt's log; the parts that never change are turned into JSON once. */
export class LogLines {
  readonly #identity: string;

  constructor({ uid, name, namespace, runtime, attempt }: Attempt, pod: string) {
    const identity = { level: 'info', run_uid: uid, run_name: name, namespace, runtime, pod, attempt };
    this.#identity = JSON.stringify(identity).slice(1, -1);
  }

  /** The line, with its newline, of `item` at `now` (milliseconds); bytes that are not UTF-8 go as base64. */
  item(item: LogItem, seq: number, time: string): string {
    if ('note' in item) return this.#line(time, 'stderr', seq, item.note, '');
    const { stream, data, partial } = item;
    const utf8 = isUtf8(data);
    const flags = `${utf8 ? '' : ',"encoding":"base64"'}${partial ? ',"partial":true' : ''}`;
    return this.#line(time, stream, seq, data.toString(utf8 ? 'utf8' : 'base64'), flags);
  }

  /** The line that ends the attempt. */
  end(seq: number, time: string): string {
    return this.#line(time, 'end', seq, '', '');
  }

  #line(time: string, stream: string, seq: number, message: string, flags: string): string {
    const text = JSON.stringify(message);
    return `{"time":"${time}",${this.#identity},"stream":"${stream}","seq":${seq},"message":${text}${flags}}\n`;
  }
}
