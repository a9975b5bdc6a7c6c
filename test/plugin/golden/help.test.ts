import type { Config } from '@oclif/core/config';
import { helpText } from '../../../plugin/help.ts';
import { cliConfig } from '../harness.ts';
import { expectGolden } from './golden.ts';

describe('the help of all commands', () => {
  let config: Config;
  before(async () => {
    config = await cliConfig();
  });

  for (const columns of [80, 40]) {
    it(`is as it was, on ${columns} columns`, () => {
      const topics = config.topics.map(({ name }) => name);
      const shown = config.commands.filter(({ hidden }) => !hidden).map(({ id }) => id);
      const subjects = ['', ...new Set([...topics, ...shown])].sort();
      const texts = subjects.map(subject => {
        const words = ['$ krt', ...subject.split(':').filter(Boolean), '--help'].join(' ');
        return `${words}\n${helpText(config, subject, columns)}`;
      });
      expectGolden(`help-${columns}.txt`, texts.join('\n'));
    });
  }
});
