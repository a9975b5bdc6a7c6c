import type { Command } from '@oclif/core/command';
import { type Entry, entriesText, linesText, paragraph, usageText } from './layout.ts';

/** The help of one command: what it does, examples, how to call it, its own flags, and what else is to be known. */
export function commandHelp(command: Command.Cached, bin: string, columns: number): string {
  const called = `${bin} ${command.id.replaceAll(':', ' ')}`;
  const flags = Object.values(command.flags).filter(flag => !flag.hidden && flag.helpGroup !== 'GLOBAL');
  const args = Object.values(command.args).filter(arg => !arg.hidden);
  const parts = [paragraph(`${command.summary ?? command.id}.`, columns)];
  const examples = (command.examples ?? []).map(example => exampleText(example, bin));
  if (examples.length > 0) parts.push(`Examples:\n${linesText(examples)}`);
  parts.push(`Usage:\n${usageText(usageOf(command, called, flags.length > 0), columns)}`);
  if (args.length > 0) parts.push(`Arguments:\n${entriesText(args.map(argEntry), columns)}`);
  if (flags.length > 0) parts.push(`Options:\n${flagsText(flags, columns)}`);
  if (command.description) parts.push(paragraph(command.description, columns));
  parts.push(paragraph(`Flags of all commands, such as -n and --context: ${bin} options`, columns));
  return parts.join('\n');
}

/** Flags with what they are for; the ones with a letter and those without stand below each other. */
export function flagsText(flags: readonly Command.Flag.Cached[], columns: number): string {
  return entriesText(flags.map(flagEntry), columns);
}

/** An example as it is typed. */
export function exampleText(example: Command.Example, bin: string): string {
  return (typeof example === 'string' ? example : example.command).replaceAll('<%= config.bin %>', bin);
}

/** How a command is called, on one line. */
export function usageOf({ usage, args, id }: Command.Cached, called: string, hasFlags: boolean): string {
  if (typeof usage === 'string') return `${called}${usage.slice(id.split(':').length === 1 ? id.length : 0)}`;
  const words = Object.values(args).map(arg => {
    const name = `${arg.name.toUpperCase()}${arg.multiple ? '...' : ''}`;
    return arg.required ? ` ${name}` : ` [${name}]`;
  });
  return `${called}${words.join('')}${hasFlags ? ' [options]' : ''}`;
}

/** A word of a command, and what it is for. */
export const argEntry = ({ name, description = '', multiple }: Command.Arg.Cached): Entry => [
  `${name.toUpperCase()}${multiple ? '...' : ''}`,
  description,
];

/** A flag, and what it is for. */
export function flagEntry(flag: Command.Flag.Cached): Entry {
  const letter = flag.char ? `-${flag.char}, ` : '    ';
  const name = flag.type === 'boolean' && flag.allowNo ? `[no-]${flag.name}` : flag.name;
  const value = flag.type === 'option' ? `=${helpValueOf(flag)}` : '';
  return [`${letter}--${name}${value}`, flag.summary ?? flag.description ?? ''];
}

function helpValueOf({
  helpValue,
  options,
}: {
  helpValue?: string | string[] | undefined;
  options?: readonly string[] | undefined;
}): string {
  if (typeof helpValue === 'string') return helpValue;
  return options ? `(${options.join('|')})` : '<value>';
}
