import { expect } from 'chai';
import { clusterFlags } from '../../../../plugin/flags.ts';
import { cobraText } from '../../../../plugin/services/complete/cobra.ts';
import { complete, type Source, WORDS } from '../../../../plugin/services/complete/complete.ts';
import type { CliSpec } from '../../../../plugin/services/complete/read-words.ts';
import { cliConfig } from '../../harness.ts';

describe('what may come next on a command line', () => {
  let cli: CliSpec;
  before(async () => {
    const { commands, topics } = await cliConfig();
    cli = { commands, topics, globalFlags: clusterFlags };
  });
  const nameOf = (source: Source) => (typeof source === 'string' ? source : `artifacts of ${source.artifactsOf}`);
  /** The words offered behind those of `line`, of which the last is being typed. */
  const offered = (line: string) => {
    const typed = line.split(' ');
    const { words, live, files, taken } = complete(typed, cli);
    const fitting = words.map(({ word }) => word).filter(word => word.startsWith(typed.at(-1)!));
    return { words: fitting, live: live && `${live.prefix}<${nameOf(live.source)}>`, files: files ?? false, taken };
  };

  for (const [line, words] of [
    ['c', ['cancel', 'completion']],
    ['runtime ', ['conformance', 'describe', 'get', 'list']],
    ['-n team runtime l', ['list']],
    ['help run', ['run', 'runtime']],
    ['help runtime ', ['conformance', 'describe', 'get', 'list']],
    ['run --runt', ['--runtime']],
    ['run -r bash --cont', ['--context']],
    ['run --runtime bash --runt', []],
    ['run --env A=1 --env', ['--env', '--env-file']],
    ['list -o j', ['json', 'jsonpath=']],
    ['list --output=j', ['--output=json', '--output=jsonpath=']],
    ['install --dry-run ', ['client']],
    ['version -o ', ['json', 'yaml']],
    ['wait a --for=t', ['--for=terminal']],
    ['completion f', ['fish']],
    ['logs @', ['@latest']],
    ['completion fish ', []],
    ['list ', []],
    ['rerun hello ', []],
    ['top bash ', []],
    ['artifact list hello ', []],
    ['none ', []],
    ['run --nothing=', []],
    ['__', []],
  ] as const) {
    it(`krt ${line}| are ${words.join(' ') || 'none'}`, () => {
      expect(offered(line)).to.include({ live: undefined, files: false }).and.deep.include({ words });
    });
  }

  for (const [line, live] of [
    ['run -r ', '<runtimes>'],
    ['run --runtime=', '--runtime=<runtimes>'],
    ['list -n ', '<namespaces>'],
    ['--context ', '<contexts>'],
    ['--cluster ', '<clusters>'],
    ['--user=', '--user=<users>'],
    ['cancel ', '<active-runs>'],
    ['logs -f ', '<runs>'],
    ['get ', '<runs>'],
    ['get runtime ', '<runtimes>'],
    ['get run ', '<runs>'],
    ['wait runtime/b', 'runtime/<runtimes>'],
    ['delete run/', 'run/<runs>'],
    ['runtime describe ', '<runtimes>'],
    ['top ', '<runtimes>'],
    ['rerun ', '<runs>'],
    ['artifact list ', '<runs>'],
    ['artifact download ', '<runs>'],
    ['artifact download hello ', '<artifacts of hello>'],
    ['artifact download -n team run/hello a.txt ', '<artifacts of run/hello>'],
  ] as const) {
    it(`krt ${line}| are names: ${live}`, () => {
      expect(offered(line)).to.deep.include({ words: [], live, files: false });
    });
  }

  for (const line of [
    'run -f ',
    'run --file=',
    '--kubeconfig ',
    'run -r bash -- ',
    'run -r bash -- ls -',
    'run --env-file ',
    'run --artifacts ',
    'artifact download hello -o ',
  ]) {
    it(`krt ${line}| may be a file`, () => {
      expect(offered(line)).to.deep.include({ words: [], files: true });
    });
  }

  it('leaves out what is there already', () => {
    expect(offered('cancel a b ').taken).to.deep.equal(['a', 'b']);
    expect(offered('artifact download a b ').taken).to.deep.equal(['b']);
  });

  it('offers flags of the command before those that all have, without hidden ones', () => {
    const { words } = complete(['run', '-'], cli);
    const at = (flag: string) => words.findIndex(({ word }) => word === flag);
    expect(at('--runtime')).to.be.within(0, at('--kubeconfig'));
    expect(words[at('--kubeconfig')]).to.deep.equal({ word: '--kubeconfig', about: 'path of the kubeconfig' });
  });

  it('finds the flags that say which cluster is asked', () => {
    const typed = ['-n', 'team', 'run', '--context=dev', '-r', 'bash', '--as-group', 'a', '-nother', '--runtime', ''];
    expect(complete(typed, cli).globals).to.deep.equal([
      '--namespace',
      'team',
      '--context=dev',
      '--as-group',
      'a',
      '-nother',
    ]);
  });

  it('knows the words of each command that takes some', async () => {
    const takes = (await cliConfig()).commands.filter(({ args, hidden }) => !hidden && Object.keys(args).length > 0);
    expect(Object.keys(WORDS).sort()).to.deep.equal(takes.map(({ id }) => id).sort());
  });
});

describe('candidates as kubectl reads them', () => {
  for (const [current, words, files, text] of [
    ['a', [{ word: 'ab', about: 'what it is' }, { word: 'b' }], false, 'ab\twhat it is\n:4\n'],
    ['', [], true, ':0\n'],
    ['', [], false, ':4\n'],
    ['j', [{ word: 'json' }, { word: 'jsonpath=' }], false, 'json\njsonpath=\n:4\n'],
    ['jsonp', [{ word: 'jsonpath=' }], false, 'jsonpath=\n:6\n'],
    ['', [{ word: 'a\u001bb', about: 'two\nlines' }], false, 'a^[b\ttwo lines\n:4\n'],
  ] as const) {
    it(`${JSON.stringify(words)} for "${current}"`, () => {
      expect(cobraText(current, words, files)).to.equal(text);
    });
  }
});
