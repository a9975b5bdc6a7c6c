import type { Config } from '@oclif/core/config';
import { expect } from 'chai';
import { entriesText, paragraph, usageText } from '../../plugin/help/layout.ts';
import { helpText } from '../../plugin/help.ts';
import { cliConfig } from './harness.ts';

const lines = (...expected: string[]) => expected.map(line => `${line}\n`).join('');

describe('help', () => {
  let config: Config;
  before(async () => {
    config = await cliConfig();
  });

  it('of a command has examples first, then how to call it, then its own flags', () => {
    expect(helpText(config, 'runtime:get', 80)).to.match(
      /^Show .*\.\n\nExamples:\n.*\n\nUsage:\n {2}krt runtime get \[NAME\.\.\.\] \[options\]\n\nArguments:\n.*\n\nOptions:\n {2}-A, /s,
    );
  });

  it('of a command fits a narrow terminal', () => {
    expect(helpText(config, 'version', 40)).to.equal(
      lines(
        'Show the version of krt, and of the',
        'cluster where one answers.',
        '',
        'Examples:',
        '  krt version',
        '  krt version --client -o json',
        '',
        'Usage:',
        '  krt version [options]',
        '',
        'Options:',
        '  --client',
        '        only that of krt; asks no server',
        '  -o, --output=(json|yaml)',
        '        json or yaml',
        '',
        'Flags of all commands, such as -n and',
        '--context: krt options',
      ),
    );
  });

  it('of a command says how to call it where its words are its own', () => {
    expect(helpText(config, 'delete', 80)).to.include(
      'Usage:\n  krt delete NAME... | run/NAME | runtime/NAME | (-l SELECTOR | --all)\n',
    );
    expect(helpText(config, 'delete', 80)).to.include('      --[no-]wait ');
  });

  it('of a topic lists its commands', () => {
    expect(helpText(config, 'runtime', 80)).to.equal(
      lines(
        'Pools of warm Runtime Pods.',
        '',
        'Commands:',
        '  list         List Runtimes: their Pods, slots and use',
        '  get          Show Runtimes by name, in a table or as data',
        '  describe     Explain a Runtime: its state, its Pods, what it runs, its events',
        '  conformance  Check a Runtime Server of yours against what krt counts on',
        '',
        'More about a command: krt runtime COMMAND --help',
      ),
    );
  });

  it('of krt has every command and every exit code, on one screen', () => {
    const text = helpText(config, '', 80);
    const words = [...new Set(config.commands.filter(({ hidden }) => !hidden).map(({ id }) => id.split(':')[0]!))];
    // which its last line is about
    const told = ['help', 'options'];
    for (const word of words.filter(word => !told.includes(word)))
      expect(text).to.match(new RegExp(`^  ${word} +\\S`, 'm'));
    for (const code of [64, 69, 70, 75, 77, 124, 125, 130, 141])
      expect(text).to.match(new RegExp(`^  ${code} +\\S`, 'm'));
  });

  it('is one screen, whatever it is about', () => {
    for (const subject of ['', 'runtime', ...config.commandIDs]) {
      expect(helpText(config, subject, 80).split('\n').length - 1, subject).to.be.at.most(40);
    }
  });

  it('of a command has what else is to be known below its flags', () => {
    expect(helpText(config, 'map', 80)).to.match(/ended\n\nThe line is the last argument .*\n\nFlags of all commands/s);
  });

  for (const columns of [40, 80, 200]) {
    it(`keeps within ${columns} columns but for what is typed`, () => {
      for (const subject of ['', 'runtime', ...config.commandIDs]) {
        const typed = /^Examples:\n(?: .*\n)*/gm;
        const long = helpText(config, subject, columns)
          .replace(typed, '')
          .split('\n')
          .filter(line => line.length > Math.max(columns, 40));
        expect(long, subject).to.deep.equal([]);
      }
    });
  }

  it('speaks of kubectl krt to those who call it so', () => {
    const plugin = Object.assign(Object.create(config), { bin: 'kubectl krt' }) as Config;
    for (const subject of ['', 'runtime', ...config.commandIDs]) {
      const text = helpText(plugin, subject, 80);
      expect(text, subject).to.include('kubectl krt ');
      expect(text, subject).to.not.match(/^ +krt /m);
    }
  });

  it('of every command has a summary without a full stop and, where it takes words, an example', () => {
    for (const { id, summary, examples, hidden } of config.commands) {
      expect(summary, id).to.match(/^[A-Z].*[^.]$/);
      if (!hidden && !['help', 'options'].includes(id) && !id.startsWith('local')) expect(examples, id).to.not.be.empty;
    }
  });
});

describe('the layout of help', () => {
  it('puts meanings below their terms where the terminal is narrow', () => {
    const entries = [
      ['-o, --output=<format>', 'how to print it'],
      ['    --all', 'all of them'],
    ] as const;
    expect(entriesText(entries, 80)).to.equal(
      '  -o, --output=<format>  how to print it\n      --all              all of them\n',
    );
    expect(entriesText(entries, 40)).to.equal(
      '  -o, --output=<format>\n        how to print it\n  --all\n        all of them\n',
    );
  });

  it('puts what does not fit of a usage below, further in', () => {
    expect(usageText('krt run -r RUNTIME (-f FILE | -c TEXT)', 30)).to.equal(
      '  krt run -r RUNTIME (-f\n      FILE | -c TEXT)\n',
    );
  });

  it('wraps between words, and never within one', () => {
    expect(paragraph('a bb ccc averyveryverylongword d', 8)).to.equal('a bb ccc\naveryveryverylongword\nd\n');
  });
});
