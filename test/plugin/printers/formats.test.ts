import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { KrtError } from '../../../plugin/errors.ts';
import { jsonText, yamlText } from '../../../plugin/printers/data.ts';
import { span } from '../../../plugin/printers/detail.ts';
import { printObject, printObjects } from '../../../plugin/printers/output.ts';
import { namesOutput, parseOutputFormat } from '../../../plugin/printers/output-format.ts';
import { RUNS } from '../../../plugin/printers/runs.ts';
import { parseSortKey, sortBy } from '../../../plugin/printers/sort.ts';
import { versionText } from '../../../plugin/printers/version.ts';
import { makeRun } from '../../builders/run.ts';
import { NOW } from '../harness.ts';

describe('the formats of -o', () => {
  const dir = mkdtempSync(join(tmpdir(), 'krt-formats-'));
  after(() => rmSync(dir, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const print = async (format: string) =>
    printObjects(
      [
        makeRun('a')
          .spec({ args: ['x', 'y'] })
          .obj(),
        makeRun('b').status({ exitCode: 3 }).obj(),
      ],
      RUNS,
      {
        format: await parseOutputFormat(format),
        isTTY: false,
        colour: false,
        now: NOW,
      },
    );

  for (const [format, expected] of [
    ['name', 'run.kruntimes.io/a\nrun.kruntimes.io/b\n'],
    ['jsonpath={.items[*].metadata.name}', 'a b'],
    ['custom-columns=N:.metadata.name,EXIT:{.status.exitCode}', 'N     EXIT\na     <none>\nb     3\n'],
    [
      'custom-columns=A:spec.args,S:.spec.source',
      'A        S\n[x y]    map[inline:echo hello...\n<none>   map[inline:echo hello...\n',
    ],
  ] as const) {
    it(`prints -o ${format}`, async () => {
      expect(await print(format)).to.equal(expected);
    });
  }

  describe('of outputs', () => {
    const run = makeRun('a')
      .status({ outputs: { b: 'x=y', a: '\u001b[2J', __proto: '' } })
      .obj();
    const show = async (format: string, isTTY = false) =>
      printObject(run, RUNS, { format: await parseOutputFormat(format), isTTY, colour: false, now: NOW });

    for (const [format, expected] of [
      ['outputs', '__proto=\na=\u001b[2J\nb=x=y\n'],
      ['output=b', 'x=y\n'],
      ['output=__proto', '\n'],
    ] as const) {
      it(`prints -o ${format}`, async () => expect(await show(format)).to.equal(expected));
    }

    it('prints no control character on a terminal', async () => {
      expect(await show('output=a', true)).not.to.include('\u001b');
    });

    it('tells which there are, where one is missing', async () => {
      const error = await show('output=toString').catch((error: KrtError) => error);
      expect(error).to.include({ message: 'Run a has no output "toString"', hint: 'its outputs are __proto, a, b' });
      expect(error).to.include({ code: 'NoSuchOutput', exitCode: 64 });
    });

    for (const word of [
      'json',
      'jsno',
      'Names',
      'outputs',
      'output',
      'jsonpath',
      'go-template',
      'template',
      'a b',
      '',
      '1',
    ]) {
      it(`takes "${word}" for no name of an output`, () => expect(namesOutput(word)).to.equal(false));
    }

    for (const word of ['result', 'k', '_a.b-c']) {
      it(`takes ${word} for the name of an output`, () => expect(namesOutput(word)).to.equal(true));
    }
  });

  it('reads templates from files', async () => {
    for (const name of ['go-template-file', 'templatefile']) {
      const format = await parseOutputFormat(`${name}=${file('go', '{{.kind}}')}`);
      expect(format).to.deep.equal({ name: 'go-template', template: '{{.kind}}' });
    }
    expect(await print(`jsonpath-file=${file('path', '{.items[0].kind}\n')}`)).to.equal('Run\n');
    const columns = file('columns', 'NAME   EXIT\n.metadata.name   .status.exitCode\n');
    expect(await print(`custom-columns-file=${columns}`)).to.equal('NAME   EXIT\na      <none>\nb      3\n');
  });

  for (const [format, message, hint] of [
    ['xml', '-o: there is no output format "xml"', /^formats are table, wide, name, json, yaml, /],
    ['jsn', '-o: there is no output format "jsn"', 'did you mean json?'],
    ['yaml=x', '-o: there is no output format "yaml=x"', 'did you mean yaml?'],
    ['go-template', '-o go-template needs a template behind =', "such as -o go-template='{{.status.exitCode}}'"],
    ['templatefile=/none', /^-o: cannot read \/none: ENOENT/, undefined],
    ['jsonpath', '-o jsonpath needs a template behind =', "such as -o jsonpath='{.status.exitCode}'"],
    ['jsonpath={.a', '-o jsonpath: unclosed action', "such as -o jsonpath='{.status.exitCode}'"],
    ['custom-columns=X', '-o custom-columns: "X" is not HEADER:PATH', /^such as -o custom-columns=NAME:/],
    ['custom-columns=X:{.a}{.b}', /^-o custom-columns: unexpected path string/, /^such as/],
    ['jsonpath-file=/none', /^-o: cannot read \/none: ENOENT/, undefined],
  ] as const) {
    it(`refuses -o ${format}`, async () => {
      const error = await parseOutputFormat(format).then(
        () => expect.fail('it was taken'),
        (thrown: KrtError) => thrown,
      );
      expect(error.exitCode).to.equal(64);
      for (const [text, wanted] of [
        [error.message, message],
        [error.hint, hint],
      ] as const) {
        if (wanted instanceof RegExp) expect(text).to.match(wanted);
        else expect(text).to.equal(wanted);
      }
    });
  }

  it('refuses a file of columns that has not as many paths as headers', async () => {
    const error = await parseOutputFormat(`custom-columns-file=${file('odd', 'A B\n.a\n')}`).catch(thrown => thrown);
    expect(error.message).to.include('a line of headers and a line of as many paths');
  });
});

describe('data', () => {
  it('is JSON with four spaces and keys in order, without managedFields', () => {
    const object = { b: [1, { d: '<&>', c: null }], metadata: { managedFields: [], z: undefined } };
    expect(jsonText(object)).to.equal(
      '{\n    "b": [\n        1,\n        {\n            "c": null,\n            "d": "<&>"\n        }\n    ],\n    "metadata": {}\n}\n',
    );
  });

  it('has the managedFields of metadata where they are wanted, and always what is but called so', () => {
    const outputs = { managedFields: '1' };
    const object = { metadata: { managedFields: [] }, status: { outputs } };
    expect(parse(yamlText(object, true))).to.deep.equal(object);
    expect(JSON.parse(jsonText({ items: [object] }))).to.deep.equal({ items: [{ metadata: {}, status: { outputs } }] });
  });

  it('is YAML that kubectl reads as the same strings', () => {
    const strings = [
      'yes',
      'no',
      'on',
      '1',
      '1e3',
      '0x1',
      'null',
      '~',
      '',
      ' x',
      '2026-01-01',
      '1:30',
      'a: b',
      '#',
      '\u001b',
      'é',
    ];
    const text = yamlText({ strings });
    expect(parse(text, { version: '1.1' })).to.deep.equal({ strings });
    expect(text).to.not.match(/\u001b/);
  });
});

describe('sorting by a path', () => {
  const namesBy = (path: string) => {
    const runs = ['run-10', 'run-9', 'other'].map((name, i) => makeRun(name).priority([2, 10, -1][i]!));
    const objects = [...runs.map(run => run.obj()), makeRun('last').obj()];
    return sortBy(objects, parseSortKey(path)).map(run => run.metadata.name);
  };

  it('takes numbers as numbers, names as people do, and what is not there first', () => {
    expect(namesBy('.spec.priority')).to.deep.equal(['last', 'other', 'run-10', 'run-9']);
    expect(namesBy('{.metadata.name}')).to.deep.equal(['last', 'other', 'run-9', 'run-10']);
  });

  it('refuses what is no path', () => {
    expect(() => parseSortKey('{.a}{.b}')).to.throw('--sort-by: unexpected path string');
    expect(() => namesBy('.spec.source.inline[0]')).to.throw('--sort-by: a value of type string is not array or slice');
  });
});

describe('the time between two instants', () => {
  for (const [to, expected] of [
    ['00:00:00.012000', '12ms'],
    ['00:00:01.250000', '1.3s'],
    ['00:03:05', '3m5s'],
  ] as const) {
    it(`is ${expected}`, () => {
      expect(span('2026-01-01T00:00:00.000000Z', `2026-01-01T${to}Z`)).to.equal(expected);
    });
  }

  it('is not known without both', () => {
    expect(span(undefined, '2026-01-01T00:00:00Z')).to.equal(undefined);
  });
});

describe('the versions', () => {
  for (const [title, versions, expected] of [
    ['of krt alone', {}, ''],
    [
      'of a cluster with krt',
      { server: { kubernetes: 'v1.37.0', apiVersions: ['kruntimes.io/v1alpha1'] } },
      'Server Version: v1.37.0\nAPI Version: kruntimes.io/v1alpha1\n',
    ],
    [
      'of a cluster without krt',
      { server: { kubernetes: 'v1.37.0', apiVersions: [] } },
      'Server Version: v1.37.0\nAPI Version: none: krt is not installed there\n',
    ],
    ['of one that does not answer', { whyNot: 'refused' }, 'Server Version: not known: refused\n'],
  ] as const) {
    it(`are shown ${title}`, () => {
      const text = versionText({ client: '1.2.3', node: 'v26.0.0', ...versions });
      expect(text).to.equal(`Client Version: 1.2.3 (Node v26.0.0)\n${expected}`);
    });
  }
});
