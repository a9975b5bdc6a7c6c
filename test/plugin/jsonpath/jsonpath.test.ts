import { expect } from 'chai';
import { JsonPathError, parseRelaxedPath, parseTemplate, render } from '../../../plugin/jsonpath/index.ts';
import { FAILURES, RESULTS } from './cases.ts';
import { SAMPLE } from './sample.ts';

describe("kubectl's dialect of JSONPath", () => {
  for (const [template, result] of RESULTS) {
    it(`renders ${template}`, () => {
      expect(render(parseTemplate(template), SAMPLE)).to.equal(result);
    });
  }

  for (const [template, message] of FAILURES) {
    it(`refuses ${template}`, () => {
      expect(() => render(parseTemplate(template), SAMPLE)).to.throw(JsonPathError, message);
    });
  }

  it('lists everything from the top down for ..', () => {
    const data = { b: [{ c: 1 }], a: 'x', empty: {} };
    expect(render(parseTemplate('{..}'), data)).to.equal('{"a":"x","b":[{"c":1}],"empty":{}} x [{"c":1}] {"c":1}');
  });

  it('takes a path without braces where kubectl does', () => {
    for (const path of ['metadata.name', '.metadata.name', '{metadata.name}', '{.metadata.name}']) {
      expect(render(parseRelaxedPath(path), SAMPLE), path).to.equal('hello');
    }
    for (const path of ['', '{.a}{.b}', 'x{.a}']) expect(() => parseRelaxedPath(path), path).to.throw(JsonPathError);
  });

  it('has no result for a list without items', () => {
    expect(render(parseTemplate('{range .items[*]}{.metadata.name}{end}'), { items: [] })).to.equal('');
  });
});
