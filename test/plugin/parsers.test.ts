import { expect } from 'chai';
import { KrtError } from '../../plugin/errors.ts';
import { commandFirst, normaliseBooleans } from '../../plugin/normalise-argv.ts';
import {
  isLabelKey,
  isLabelValue,
  isObjectName,
  parseFieldSelector,
  parseKeyValue,
  parseLabelSelector,
  parseLabels,
  parseWait,
} from '../../plugin/parsers.ts';
import { parseNames, parseTargets } from '../../plugin/targets.ts';

const long = (length: number) => 'x'.repeat(length);

describe('the parsers of words', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['2', 2000],
    ['500ms', 500],
    ['1h2m3.5s', 3_723_500],
  ] as const) {
    it(`takes ${text} as a time to wait`, () => {
      expect(parseWait(text, '--timeout')).to.equal(ms);
    });
  }

  for (const [name, parse, good, bad] of [
    [
      'a time to wait',
      (text: string) => parseWait(text, '--timeout'),
      ['90s'],
      ['', '-1s', '5 minutes', 's', '1.5', '1e9h'],
    ],
    ['KEY=VALUE', (text: string) => parseKeyValue(text, '--env'), ['A=', 'A=b=c'], ['', 'A', '=x']],
    [
      'a label selector',
      parseLabelSelector,
      [
        'a',
        '!a',
        'a=b',
        'a==b',
        'a!=b',
        'a=',
        'a in (b)',
        'a notin (b, c),d',
        'example.com/a=b,c',
        'a>1',
        ''.padEnd(63, 'k'),
      ],
      ['', ',', 'a b', 'a in (', 'a in b', '-a', 'a=b c', 'a=-b', '!', 'x/y/z', long(64)],
    ],
    [
      'a field selector',
      parseFieldSelector,
      ['status.phase=Running', 'a!=b,c==d', 'metadata.name='],
      ['', 'status.phase', '=x', 'a in (b)', 'a=b=c'],
    ],
    [
      'a label',
      (text: string) => parseLabels([text]),
      ['a=b', 'a=', 'x.io/a=b.c_d'],
      ['a', '=b', '-a=b', 'a=b c', `a=${long(64)}`],
    ],
  ] as const) {
    for (const text of good) it(`takes "${text}" as ${name}`, () => void parse(text));
    for (const text of bad) {
      it(`refuses "${text}" as ${name}, and quotes it`, () => {
        expect(() => parse(text))
          .to.throw(KrtError)
          .and.include({ exitCode: 64 });
      });
    }
  }

  it('knows keys and values of labels and names of objects', () => {
    expect(['a', 'a/b', 'a.b/c', `${long(253)}/a`, `${long(254)}/a`, 'A/b', 'a/', ''].map(isLabelKey)).to.deep.equal([
      ...[true, true, true, true],
      ...[false, false, false, false],
    ]);
    expect(['', 'a', 'a b', '-'].map(isLabelValue)).to.deep.equal([true, true, false, false]);
    expect(['a', 'a-b.c', 'A', 'a_b', '-a', 'a-', '', long(254)].map(isObjectName)).to.deep.equal([
      ...[true, true],
      ...[false, false, false, false, false, false],
    ]);
  });
});

describe('words as kubectl takes them', () => {
  const flags = {
    wait: { type: 'boolean', allowNo: true },
    watch: { type: 'boolean', char: 'w' },
    output: { type: 'option', char: 'o' },
  };

  for (const [words, expected] of [
    [
      ['--watch=true', 'a'],
      ['--watch', 'a'],
    ],
    [['--watch=false', 'a'], ['a']],
    [['-w=true'], ['-w']],
    [['--wait=false'], ['--no-wait']],
    [['--wait=0'], ['--no-wait']],
    [
      ['--output=true', '-o=false'],
      ['--output=true', '-o=false'],
    ],
    [['--unknown=true'], ['--unknown=true']],
    [
      ['--', '--watch=true'],
      ['--', '--watch=true'],
    ],
  ] as const) {
    it(`reads ${words.join(' ')}`, () => {
      expect(normaliseBooleans(words, flags)).to.deep.equal(expected);
    });
  }

  for (const [words, expected] of [
    [
      ['list', '-n', 'x'],
      ['list', '-n', 'x'],
    ],
    [
      ['-n', 'x', 'list', '-w'],
      ['list', '-w', '-n', 'x'],
    ],
    [
      ['-n=x', '-A', 'list'],
      ['list', '-n=x', '-A'],
    ],
    [['--help'], ['--help']],
    [
      ['-n', 'x'],
      ['-n', 'x'],
    ],
    [
      ['--', 'list'],
      ['--', 'list'],
    ],
  ] as const) {
    it(`puts the command first of ${words.join(' ')}`, () => {
      expect(commandFirst(words, flag => flag === '-n')).to.deep.equal(expected);
    });
  }

  for (const [words, kind, names] of [
    [[], 'run', []],
    [['a', 'b'], 'run', ['a', 'b']],
    [['run', 'a'], 'run', ['a']],
    [['rn'], 'run', []],
    [['Runtimes'], 'runtime', []],
    [['rt/a', 'runtime.kruntimes.io/b'], 'runtime', ['a', 'b']],
    [['run/run'], 'run', ['run']],
    [['a', 'run/b'], 'run', ['a', 'b']],
  ] as const) {
    it(`reads ${words.join(' ') || 'no words'} as ${kind}s`, () => {
      expect(parseTargets(words)).to.deep.equal({ kind, names });
    });
  }

  it('refuses targets that are none', () => {
    for (const words of [['pod/a'], ['run/a', 'rt/b'], ['Bad_Name'], ['run/'], ['run', 'a/b']]) {
      expect(() => parseTargets(words), words.join(' ')).to.throw(KrtError);
    }
    expect(() => parseNames(['run/a'], 'runtime')).to.throw('"run/a" is not a runtime');
  });
});
