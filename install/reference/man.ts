import type { Command } from '@oclif/core/command';
import type { Config } from '@oclif/core/config';
import { EXIT_MEANINGS } from '../../plugin/exit-codes.ts';
import { clusterFlags } from '../../plugin/flags.ts';
import { argEntry, exampleText, flagEntry, usageOf } from '../../plugin/help/command-help.ts';
import { inOrder, rootExamples } from '../../plugin/help/root-help.ts';
import { CLUSTER_ORDER, ENVIRONMENT } from '../../plugin/help/words.ts';
import { folded, paragraphs, roff, section, terms, typed } from './roff.ts';

/** Where the pages are. */
export const MAN_FOLDER = 'docs/man';

/** The man pages of krt and of each command, by their path from the project's root. */
export function manPages(config: Config): Map<string, string> {
  const commands = config.commands.filter(({ hidden }) => !hidden).sort(byTopic);
  const pages = commands.map(command => [pathOf(pageOf(command)), commandPage(command, config)] as const);
  return new Map([[pathOf('krt'), rootPage(commands, config)], ...pages]);
}

function byTopic({ id: a }: Command.Cached, { id: b }: Command.Cached): number {
  return inOrder(a.split(':')[0]!, b.split(':')[0]!) || inOrder(a, b);
}

const pathOf = (page: string) => `${MAN_FOLDER}/${page}.1`;
const pageOf = ({ id }: { id: string }) => `krt-${id.replaceAll(':', '-')}`;
const calledAs = ({ id }: { id: string }) => `krt ${id.replaceAll(':', ' ')}`;

function rootPage(commands: readonly Command.Cached[], config: Config): string {
  const { description = '' } = config.pjson;
  const flags = Object.entries(clusterFlags).map(([name, flag]) => flagEntry({ ...flag, name } as Command.Flag.Cached));
  return [
    header('krt', config),
    section('NAME', `${folded(`krt - ${lowered(description)}`)}\n`),
    section('SYNOPSIS', `${synopsis('krt COMMAND [options]')}.br\n${synopsis('kubectl krt COMMAND [options]')}`),
    section('DESCRIPTION', paragraphs(DESCRIPTION)),
    section('COMMANDS', terms(commands.map(command => [calledAs(command), `${command.summary ?? ''}.`]))),
    section('OPTIONS', `All commands have the flags of kubectl:\n${terms(flags)}.PP\n${folded(CLUSTER_ORDER)}\n`),
    section('EXIT STATUS', terms(EXIT_MEANINGS)),
    section('ENVIRONMENT', terms(ENVIRONMENT)),
    section('EXAMPLES', typed(rootExamples('krt'))),
    section('SEE ALSO', seeAlso([...commands.map(pageOf), 'kubectl'])),
  ].join('');
}

function commandPage(command: Command.Cached, config: Config): string {
  const { args, description, examples = [] } = command;
  const own = Object.values(command.flags).filter(({ hidden, helpGroup }) => !hidden && helpGroup !== 'GLOBAL');
  const words = Object.values(args).filter(({ hidden }) => !hidden);
  const summary = command.summary ?? command.id;
  const text = [`${summary}.`, ...(description ? [description] : [])];
  return [
    header(pageOf(command), config),
    section('NAME', `${folded(`${pageOf(command)} - ${lowered(summary)}`)}\n`),
    section('SYNOPSIS', synopsis(usageOf(command, calledAs(command), own.length > 0))),
    section('DESCRIPTION', paragraphs(text)),
    section('ARGUMENTS', terms(words.map(argEntry))),
    section('OPTIONS', `${terms(own.map(flagEntry))}${own.length > 0 ? '.PP\n' : ''}${GLOBAL_FLAGS}`),
    section('EXAMPLES', typed(examples.map(example => exampleText(example, 'krt')))),
    section('SEE ALSO', seeAlso(['krt'])),
  ].join('');
}

const GLOBAL_FLAGS = 'The flags of all commands are in\n.BR krt (1).\n';
const DESCRIPTION = [
  `krt keeps a pool of warm Pods, the Runtime, and gives each program, the Run, to one of them at once. Both are custom \
resources of Kubernetes.`,
  `krt run feels like running the program here: its output appears as it is written, and its exit code is the command's. \
Results go to stdout, all else to stderr.`,
  'To try krt without a cluster: krt local up.',
];

function header(page: string, { pjson }: Config): string {
  // no date: the pages of one version are the same whenever they are made
  const made = '.\\" Made by npm run docs from the code: change it there.\n';
  return `${made}.TH ${roff(page.toUpperCase())} 1 "" "krt ${pjson.version}" "krt manual"\n.nh\n.ad l\n`;
}

const synopsis = (line: string) => `.B ${roff(line)}\n`;

function seeAlso(pages: readonly string[]): string {
  return pages.map((page, i) => `.BR ${roff(page)} (1)${i === pages.length - 1 ? '' : ','}\n`).join('');
}

/** As it stands behind a dash; names of krt's keep their case. */
const lowered = (text: string) => text.replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase());
