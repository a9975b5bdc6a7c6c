import type { Config } from '@oclif/core/config';
import { EXIT_MEANINGS } from '../exit-codes.ts';
import { type Entry, entriesText, linesText, paragraph } from './layout.ts';

/** Commands in the order in which one meets them; others follow by name. */
const ORDER = [
  ...['run', 'map', 'rerun', 'list', 'top', 'get', 'describe', 'logs', 'wait', 'cancel', 'delete'],
  ...['artifact', 'runtime', 'local', 'up', 'status', 'down', 'install', 'uninstall', 'completion'],
];
/** What the last line of the help tells of. */
const TOLD_BELOW = ['help', 'options'];

/** The help of krt as a whole. */
export function rootHelp(config: Config, columns: number): string {
  const { bin } = config;
  return [
    paragraph(`${config.pjson.description}.`, columns),
    `Examples:\n${linesText(rootExamples(bin))}`,
    `Commands:\n${entriesText(commandEntries(config, ''), columns)}`,
    `Exit codes:\n${exitCodesText(columns)}`,
    paragraph(`More about a command: ${bin} COMMAND --help. Flags of all commands: ${bin} options`, columns),
  ].join('\n');
}

/** What a newcomer types. */
export const rootExamples = (bin: string): string[] => [
  `${bin} local up`,
  `${bin} run -r bash -c 'echo hello'`,
  `${bin} list`,
];

/** The help of a topic: what its commands do. */
export function topicHelp(topic: string, config: Config, columns: number): string {
  const { bin } = config;
  const { description = topic } = config.findTopic(topic) ?? {};
  return [
    paragraph(`${capital(description)}.`, columns),
    `Commands:\n${entriesText(commandEntries(config, topic), columns)}`,
    paragraph(`More about a command: ${bin} ${topic} COMMAND --help`, columns),
  ].join('\n');
}

/** DESIGN's table of exit codes. */
export function exitCodesText(columns: number): string {
  return entriesText(EXIT_MEANINGS, columns);
}

/** What stands directly below a topic (all of krt for ''): a command with its summary, a topic with its commands. */
function commandEntries(config: Config, topic: string): Entry[] {
  const prefix = topic === '' ? '' : `${topic}:`;
  const commands = config.commands.filter(
    ({ id, hidden }) => !hidden && id.startsWith(prefix) && !TOLD_BELOW.includes(id),
  );
  const groups = Map.groupBy(commands, ({ id }) => id.slice(prefix.length).split(':')[0]!);
  const entries = [...groups].map(([word, group]): Entry => {
    const command = group.find(({ id }) => id === `${prefix}${word}`);
    if (command) return [word, command.summary ?? ''];
    const verbs = group.map(({ id }) => id.slice(prefix.length + word.length + 1)).sort(inOrder);
    return [word, `${capital(config.findTopic(`${prefix}${word}`)?.description ?? word)}: ${verbs.join(', ')}`];
  });
  return entries.sort(([a], [b]) => inOrder(a, b));
}

/** Compares words that name commands. */
export function inOrder(a: string, b: string): number {
  const [i, j] = [ORDER.indexOf(a), ORDER.indexOf(b)];
  return (i < 0 ? ORDER.length : i) - (j < 0 ? ORDER.length : j) || (a < b ? -1 : 1);
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
