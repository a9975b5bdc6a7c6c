import { KrtError, usageError } from './errors.ts';
import { suggest } from './suggest.ts';

/** What a command is called and which flags it takes, for messages. */
export interface Usage {
  /** As the user types it, such as `krt runtime list`. */
  readonly command: string;
  readonly flags: readonly string[];
}

/** oclif's errors of parsing, by the fields that tell them apart. */
interface ParseError extends Error {
  flags?: string[];
  args?: { name: string }[] | string[];
  oclif?: { exit?: number };
}

/** An error of oclif's parser as a usage error in kubectl's words; what is not one is returned as it is. */
export function explainParseError(error: unknown, usage: Usage): unknown {
  if (error instanceof KrtError) return withoutOclifFrame(error);
  if (!(error instanceof Error) || (error as ParseError).oclif === undefined) return error;
  const { message, flags, args } = error as ParseError;
  const see = `see: ${usage.command} --help`;
  switch (error.constructor.name) {
    case 'NonExistentFlagsError':
      return unknownFlag(flags![0]!, usage, see);
    case 'UnexpectedArgsError':
      return usageError(`unexpected argument: ${(args as string[])[0]}`, see);
    case 'RequiredArgsError':
      return usageError(
        `${(args as { name: string }[]).map(arg => arg.name.toUpperCase()).join(' and ')} is missing`,
        see,
      );
    default:
      return usageError(inOneLine(message), see);
  }
}

function unknownFlag(flag: string, { flags }: Usage, see: string): KrtError {
  const word = flag.replace(/=.*$/, '');
  if (!word.startsWith('--')) return usageError(`unknown flag: ${word}`, see);
  const near = suggest(word.slice(2), [...flags, 'help']);
  return usageError(`unknown flag: ${word}`, near ? `did you mean --${near}?` : see);
}

/** Errors of a flag's own parser: oclif puts words around them, which say nothing more. */
function withoutOclifFrame(error: KrtError): KrtError {
  const [, inner] = /^Parsing --\S+ \n\t([\s\S]*)\nSee more help with --help$/.exec(error.message) ?? [];
  if (inner !== undefined) error.message = inner;
  return error;
}

function inOneLine(message: string): string {
  const text = message
    .replace(/\u001b\[[0-9;]*m/g, '')
    .replace(/\n?See more help with --help$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/^Parsing (--\S+)\s+/, '$1: ')
    .replace(/(--[\w-]+)(=[^\n]*)? cannot also be provided when using (--[\w-]+)/g, '$1 and $3 do not go together')
    .replace(/\bMissing required flag (\S+)/g, '--$1 is missing')
    .replace(/\s*\n\s*/g, '; ')
    .trim();
  return /^[A-Z][a-z]+ /.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
