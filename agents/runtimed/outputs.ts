import { LIMITS } from '../../crds/v1alpha1/limits.ts';
import { OUTPUT_KEY } from '../../crds/v1alpha1/names.ts';

/** Outputs as far as they are valid, and what is wrong with the rest. */
export interface ParsedOutputs {
  readonly outputs: Readonly<Record<string, string>>;
  readonly problem?: { readonly reason: 'InvalidOutputs' | 'OutputsTooLarge'; readonly message: string };
}

/**
 * The KEY=VALUE lines of `data`: the last of a key wins, a carriage return before the newline is dropped, empty lines
 * are skipped. What breaks a rule or a bound of limits.ts is left out and told; the first problem found counts.
 */
export function parseOutputs(data: Buffer): ParsedOutputs {
  const outputs = new Map<string, string>();
  let problem: ParsedOutputs['problem'];
  const tell = (reason: 'InvalidOutputs' | 'OutputsTooLarge', message: string) => {
    problem ??= { reason, message };
  };
  let used = 0;
  for (const [index, raw] of linesOf(data).entries()) {
    const line = decode(raw);
    const where = `line ${index + 1} of $KRUNTIME_OUTPUTS`;
    if (line === undefined) {
      tell('InvalidOutputs', `${where} is not UTF-8`);
      continue;
    }
    if (line === '') continue;
    const at = line.indexOf('=');
    const [key, value] = [line.slice(0, at), line.slice(at + 1)];
    const size = Buffer.byteLength(key) + Buffer.byteLength(value);
    const replaced = outputs.get(key);
    const before = replaced === undefined ? 0 : Buffer.byteLength(key) + Buffer.byteLength(replaced);
    if (at < 0) tell('InvalidOutputs', `${where} is not KEY=VALUE: ${excerpt(line)}`);
    else if (!OUTPUT_KEY.test(key))
      tell('InvalidOutputs', `${where}: the key ${excerpt(key)} must match ${OUTPUT_KEY.source}`);
    else if (key.length > LIMITS.outputKeyBytes)
      tell('OutputsTooLarge', `${where}: the key is longer than ${LIMITS.outputKeyBytes} bytes`);
    else if (Buffer.byteLength(value) > LIMITS.outputValueBytes)
      tell('OutputsTooLarge', `${where}: the value of ${key} is longer than ${LIMITS.outputValueBytes} bytes`);
    else if (replaced === undefined && outputs.size >= LIMITS.outputs)
      tell('OutputsTooLarge', `${where}: there are more than ${LIMITS.outputs} outputs`);
    else if (used - before + size > LIMITS.outputsBytes)
      tell('OutputsTooLarge', `${where}: the outputs are larger than ${LIMITS.outputsBytes} bytes in all`);
    else {
      outputs.set(key, value);
      used += size - before;
    }
  }
  // fromEntries makes `__proto__` a plain key, unlike an assignment
  return { outputs: Object.fromEntries(outputs), ...(problem && { problem }) };
}

function linesOf(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
    lines.push(data.subarray(start, end));
    start = end + 1;
  }
  lines.push(data.subarray(start));
  return lines.map(line => (line.at(-1) === 13 ? line.subarray(0, -1) : line));
}

function decode(line: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined; // the caller tells which line
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
