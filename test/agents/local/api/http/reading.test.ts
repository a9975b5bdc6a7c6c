import { expect } from 'chai';
import { parseBody, unrecognized } from '../../../../../agents/local/api/http/body.ts';
import { duplicateFields } from '../../../../../agents/local/api/http/duplicates.ts';
import { isTooDeep, summary } from '../../../../../agents/local/api/http/json-problem.ts';
import { requestInfo } from '../../../../../agents/local/api/http/request-info.ts';

describe('reading requests', () => {
  for (const [text, expected] of [
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":1,"b":2,"b":3},"b":1}', ['a.b']],
    ['{"l":[{"a":1,"a":2},{"a":1}]}', ['l[0].a']],
    ['[{"a":1},{"b":1, "b" :2}]', ['[1].b']],
    ['{"a":"\\"b\\":1,\\"b\\":1"}', []],
    ['{"\\u0061":1,"a":2}', ['a']],
    ['{"a":{"a":{"a":1}}}', []],
    ['{"a":["a","a"],"b":"b"}', []],
  ] as const) {
    it(`finds what stands twice in ${text}`, () => {
      expect(duplicateFields(text)).to.deep.equal(expected.map(path => `duplicate field "${path}"`));
    });
  }

  it('measures the depth of JSON outside of its texts', () => {
    expect(isTooDeep('['.repeat(10_001))).to.equal(true);
    expect(isTooDeep(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)).to.equal(false);
    expect(isTooDeep(`"${'['.repeat(20_000)}"`)).to.equal(false);
    expect(isTooDeep(`{"a":"\\"${'{'.repeat(20_000)}"}`)).to.equal(false);
    expect(isTooDeep('[[]],'.repeat(10_000))).to.equal(false);
  });

  for (const [text, problem] of [
    ['', 'unexpected end of JSON input (<empty>)'],
    ['{"a":', 'unexpected end of JSON input ({"a":)'],
    ['{"a', 'unexpected end of JSON input ({"a)'],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string ({a:1})"],
    ['{"a":x}', 'invalid character \'x\' looking for beginning of value ({"a":x})'],
    ['{"a":1}}', 'invalid character \'}\' after top-level value ({"a":1}})'],
    ['{"a":"\n"}', `invalid character '\\n' in string literal ({"a":"\n"})`],
    ['{"a":01}', 'invalid character \'1\' after object key:value pair ({"a":01})'],
    ['{"a":"\\x"}', 'invalid character \'x\' in string escape code ({"a":"\\x"})'],
    ['[1 2]', "invalid character '2' after array element (5b3120325d)"],
    [`[${'1,'.repeat(40)}`, `unexpected end of JSON input (5b${'312c'.repeat(14)}31 ...)`],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 20))}`, () => {
      const prefix =
        "the object provided is unrecognized (must be of type Run): couldn't get version/kind; json parse error: ";
      expect(() => parseBody(text, 'application/json', unrecognized('Run', text))).to.throw(`${prefix}${problem}`);
    });
  }

  it('shows the beginning of a body as text or bytes', () => {
    expect(summary(`{${'é'.repeat(30)}`)).to.equal(`{${'é'.repeat(14)}\ufffd ...`);
    expect(summary('hi')).to.equal('6869');
  });

  for (const [yaml, value] of [
    ['a: yes\nb: "yes"\nc: n', { a: true, b: 'yes', c: false }],
    ['a: 2026-01-01\nb: 010\nc: 0x10', { a: '2026-01-01', b: 8, c: 16 }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['', null],
  ] as const) {
    it(`reads YAML ${JSON.stringify(yaml)}`, () => {
      expect(parseBody(yaml, 'application/yaml', unrecognized('X', yaml)).value).to.deep.equal(value);
    });
  }

  it('finds what stands twice in YAML', () => {
    const yaml = 'spec:\n  a: 1\n  a: 2\n';
    const { value, duplicates } = parseBody(yaml, 'application/yaml', unrecognized('X', yaml));
    expect([value, duplicates()]).to.deep.equal([{ spec: { a: 2 } }, ['line 3: key "a" already set in map']]);
  });

  const info = (group: string, plural: string, rest: object = {}) => ({
    group,
    version: 'v1',
    plural,
    namespace: '',
    name: '',
    subresource: '',
    ...rest,
  });
  for (const [path, expected] of [
    ['/api/v1/pods', info('', 'pods')],
    ['/api/v1/namespaces/x/pods/p/log', info('', 'pods', { namespace: 'x', name: 'p', subresource: 'log' })],
    ['/api/v1/namespaces', info('', 'namespaces')],
    ['/api/v1/namespaces/x', info('', 'namespaces', { name: 'x' })],
    ['/api/v1/namespaces/x/status', info('', 'namespaces', { name: 'x', subresource: 'status' })],
    ['/apis/apps/v1/namespaces/x/deployments/', info('apps', 'deployments', { namespace: 'x' })],
    ['/apis/a.b/v1/things/a%2Fb', info('a.b', 'things', { name: 'a/b' })],
    ['/apis/a.b/v1/things/%zz', info('a.b', 'things', { name: '%zz' })],
    ['/apis/a.b/v1', undefined],
    ['/api/v1/namespaces/x/pods/p/log/more', undefined],
    ['/other/v1/pods', undefined],
    ['/', undefined],
  ] as const) {
    it(`reads the path ${path}`, () => {
      expect(requestInfo(path)).to.deep.equal(expected);
    });
  }
});
