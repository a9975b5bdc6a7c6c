interface FlagShape {
  readonly type: string;
  readonly char?: string | undefined;
  readonly allowNo?: boolean | undefined;
}

/**
 * Words with `--flag=true` and `--flag=false` of boolean flags as kubectl (Go's pflag) takes them, put as oclif takes
 * them: with the flag alone, or without it. Words behind `--` are the program's own.
 */
export function normaliseBooleans(
  argv: readonly string[],
  flags: Readonly<Record<string, FlagShape | undefined>>,
): string[] {
  const end = argv.indexOf('--');
  const ours = end < 0 ? argv : argv.slice(0, end);
  const words = ours.flatMap(word => {
    const [, dashes, name, value] = /^(--?)([A-Za-z][\w-]*)=(true|false|1|0|t|f)$/i.exec(word) ?? [];
    if (name === undefined) return [word];
    const flag = dashes === '--' ? flags[name] : Object.values(flags).find(({ char } = { type: '' }) => char === name);
    if (flag?.type !== 'boolean') return [word];
    if (/^[t1]/i.test(value!)) return [`${dashes}${name}`];
    return flag.allowNo ? [`--no-${dashes === '--' ? name : nameOf(flag, flags)}`] : [];
  });
  return end < 0 ? words : [...words, ...argv.slice(end)];
}

const nameOf = (flag: FlagShape, flags: Readonly<Record<string, FlagShape | undefined>>) =>
  Object.keys(flags).find(name => flags[name] === flag);

/**
 * Words with the flags that stand before the command (`krt -n team list`) put behind it. `takesValue` tells whether
 * the word behind a flag belongs to it.
 */
export function commandFirst(argv: readonly string[], takesValue: (flag: string) => boolean): string[] {
  let at = 0;
  while (at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '--') {
    const word = argv[at]!;
    at += takesValue(word) && !word.includes('=') ? 2 : 1;
  }
  if (at >= argv.length || argv[at] === '--') return [...argv];
  return [...argv.slice(at), ...argv.slice(0, at)];
}
