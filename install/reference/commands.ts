import type { Config } from '@oclif/core/config';
import { clusterFlags } from '../../plugin/flags.ts';
import { flagsText } from '../../plugin/help/command-help.ts';
import { helpText } from '../../plugin/help.ts';
import { block, GENERATED } from './markdown.ts';

const COLUMNS = 100;

/** Every command as its --help has it, and the flags that all of them have. */
export function commandsPage(config: Config): string {
  const commands = config.commands.filter(({ hidden }) => !hidden).sort((a, b) => (a.id < b.id ? -1 : 1));
  const sections = commands.map(({ id, description }) => {
    const more = description ? `${description}\n\n` : '';
    return `## krt ${id.replaceAll(':', ' ')}\n\n${more}${block(helpText(config, id, COLUMNS))}`;
  });
  const flags = Object.entries(clusterFlags).map(([name, flag]) => ({ ...flag, name }));
  return [
    `${GENERATED}# Commands\n\nAs a plugin of kubectl each is \`kubectl krt …\`, with the same words.\n`,
    block(helpText(config, '', COLUMNS)),
    `## Flags of all commands\n\n${block(flagsText(flags, COLUMNS))}`,
    ...sections,
  ].join('\n');
}
