import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@oclif/core/config';
import { expect } from 'chai';
import { clusterFlags } from '../../plugin/flags.ts';
import { exampleText } from '../../plugin/help/command-help.ts';
import { ROOT } from '../acceptance/harness/settings.ts';
import { cliConfig } from '../plugin/harness.ts';

// what is made from the commands can't be otherwise
const PAGES = globSync(['*.md', 'docs/*.md'], { cwd: ROOT }).sort();
const EVERYWHERE = new Set([...Object.keys(clusterFlags), 'help', 'v']);

/** Commands of krt in the code of a page, in its blocks and between its words. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:console|sh|bash)\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '');
  const words = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  return [...blocks.flatMap(text => text.split('\n')), ...words].flatMap(callsIn);
}

/** What stands behind each `krt` that is called on a line of a shell. */
function callsIn(line: string): string[] {
  return [...line.matchAll(/(?:^|\$ |[|;&] ?|npx |kubectl )krt ([a-z][^|;&]*)/g)].map(([, call = '']) => call);
}

/** What is wrong with the words behind `krt`; undefined where krt would take them. */
function faultOf(call: string, config: Config): string | undefined {
  const words = (call.match(/'[^']*'?|"[^"]*"?|[^\s'"]+/g) ?? []) as string[];
  const ids = words.map((_, i) => words.slice(0, i + 1).join(':'));
  const command = ids
    .toReversed()
    .map(id => config.findCommand(id))
    .find(Boolean);
  if (!command) return config.findTopic(words[0]!) ? undefined : `krt ${words[0]} is no command`;
  const end = words.indexOf('--');
  const flags = words.slice(0, end < 0 ? words.length : end).filter(word => /^--[a-z]/.test(word));
  const names = flags.map(flag => flag.slice(2).split('=')[0]!);
  const unknown = names.find(name => !command.flags[name] && !EVERYWHERE.has(name) && !command.flags[name.slice(3)]);
  return unknown && `krt ${command.id} has no --${unknown}`;
}

describe('the commands that are told of', () => {
  let config: Config;
  before(async () => {
    config = await cliConfig();
  });

  for (const page of PAGES) {
    it(`in ${page} are there, with their flags`, () => {
      const faults = commandsOf(readFileSync(join(ROOT, page), 'utf8')).map(call => faultOf(call, config));
      expect(faults.filter(Boolean)).to.deep.equal([]);
    });
  }

  it('in the examples of help are there, with their flags', () => {
    const examples = config.commands.flatMap(({ examples = [] }) => examples.map(each => exampleText(each, 'krt')));
    expect(examples.length).to.be.above(40);
    expect(
      examples
        .flatMap(callsIn)
        .map(call => faultOf(call, config))
        .filter(Boolean),
    ).to.deep.equal([]);
  });

  it('are found wherever a page has them, and faults with them', () => {
    const page = 'Say `krt lst`, or\n```console\n$ seq 3 | krt map --eech - -- --any\nkubectl krt get x\n```\n';
    const calls = commandsOf(page);
    expect(calls).to.deep.equal(['map --eech - -- --any', 'get x', 'lst']);
    expect(calls.map(call => faultOf(call, config))).to.deep.equal([
      ...['krt map has no --eech', undefined, 'krt lst is no command'],
    ]);
  });
});
