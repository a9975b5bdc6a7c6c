import type { Config } from '@oclif/core/config';
import { usageError } from './errors.ts';
import { clusterFlags } from './flags.ts';
import { commandFirst } from './normalise-argv.ts';
import { suggest } from './suggest.ts';

/** What the words of a command line ask for. */
export type Request =
  | { readonly kind: 'command'; readonly id: string; readonly argv: readonly string[] }
  /** `subject` is a command, a topic, or empty for all of krt. */
  | { readonly kind: 'help'; readonly subject: string };

/** Finds the command in `words`; throws a usage error, with the nearest name, where there is none. */
export function dispatch(words: readonly string[], config: Config): Request {
  const argv = commandFirst(words, takesValue);
  if (argv[0] === '--version') return { kind: 'command', id: 'version', argv: ['--client'] };
  const { id, rest } = splitId(argv, config);
  const [next] = rest;
  const isCommand = config.findCommand(id) !== undefined;
  if (!isCommand && next !== undefined && !asksForHelp([next])) throw unknownCommand(id, next, config);
  if (!isCommand || asksForHelp(rest)) return { kind: 'help', subject: id };
  return { kind: 'command', id, argv: rest };
}

/** The longest command or topic that the first words name. */
function splitId(argv: readonly string[], config: Config): { id: string; rest: string[] } {
  let id = '';
  let at = 0;
  while (at < argv.length) {
    const longer = id === '' ? argv[at]! : `${id}:${argv[at]!}`;
    if (!config.findCommand(longer) && !config.findTopic(longer)) break;
    id = longer;
    at += 1;
  }
  return { id, rest: argv.slice(at) };
}

/** Whether --help or -h stands among krt's own words. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? words.length : end).some(word => word === '--help' || word === '-h');
}

function takesValue(word: string): boolean {
  return clusterFlagOf(word)?.type === 'option';
}

function clusterFlagOf(word: string): { type: string } | undefined {
  const [flag] = word.split('=');
  const found = Object.entries(clusterFlags).find(([name, { char }]) => flag === `--${name}` || flag === `-${char}`);
  return found?.[1];
}

function unknownCommand(topic: string, word: string, config: Config): Error {
  const prefix = topic === '' ? '' : `${topic}:`;
  const names = config.commands
    .filter(command => !command.hidden && command.id.startsWith(prefix))
    .map(command => command.id.slice(prefix.length).split(':')[0]!);
  const near = word.startsWith('-') ? undefined : suggest(word, [...new Set(names)]);
  const called = `${config.bin} ${prefix.replaceAll(':', ' ')}`;
  const flag = clusterFlagOf(word) ? 'a command is missing' : `unknown flag: ${word}`;
  const what = word.startsWith('-') ? flag : `unknown command: ${called}${word}`;
  return usageError(what, near ? `did you mean: ${called}${near}` : `see: ${called}--help`, 'UnknownCommand');
}
