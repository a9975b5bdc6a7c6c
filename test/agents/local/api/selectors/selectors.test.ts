import { expect } from 'chai';
import { parseFieldSelector, selectableFields } from '../../../../../agents/local/api/selectors/fields.ts';
import { matchLabelSelector, parseLabelSelector } from '../../../../../agents/local/api/selectors/labels.ts';
import { makeObject } from '../harness.ts';

describe('selectors', () => {
  for (const [selector, labels, selected] of [
    ['', {}, true],
    ['a=1,b=2', { a: '1', b: '2' }, true],
    ['a=1,b=2', { a: '1' }, false],
    ['a!=1', {}, true],
    ['a notin (1,2)', {}, true],
    ['a notin (1,2)', { a: '2' }, false],
    ['a in (1,2)', { a: '2' }, true],
    ['a in (1,)', { a: '' }, true],
    ['a', { a: '' }, true],
    ['!a', { b: '1' }, true],
    ['a>5', { a: '6' }, true],
    ['a>5', { a: 'x' }, false],
    ['a<5', {}, false],
    ['constructor', {}, false],
    ['x.y/a_b-c=1', { 'x.y/a_b-c': '1' }, true],
  ] as const) {
    it(`of labels: ${selector} ${selected ? 'selects' : 'leaves'} ${JSON.stringify(labels)}`, () => {
      expect(parseLabelSelector(selector)(labels)).to.equal(selected);
    });
  }

  for (const [operator, values, labels, selected] of [
    ['In', ['1'], { a: '1' }, true],
    ['In', ['1'], {}, false],
    ['NotIn', ['1'], {}, true],
    ['NotIn', ['1'], { a: '1' }, false],
    ['NotIn', [''], {}, true],
    ['Exists', undefined, { a: '' }, true],
    ['DoesNotExist', undefined, { a: '' }, false],
  ] as const) {
    it(`that are objects: ${operator} ${values ?? ''} ${selected ? 'selects' : 'leaves'} ${JSON.stringify(labels)}`, () => {
      const matchExpressions = [{ key: 'a', operator, ...(values && { values: [...values] }) }];
      expect(matchLabelSelector({ matchExpressions })(labels)).to.equal(selected);
    });
  }

  const pod = makeObject('Pod', 'p', { spec: { nodeName: 'n=1,2', hostNetwork: true } });
  for (const [selector, selected] of [
    ['metadata.name=p,metadata.namespace==default', true],
    ['spec.nodeName=n\\=1\\,2', true],
    ['spec.nodeName!=n', true],
    ['spec.hostNetwork=true', true],
    ['status.phase=', true],
    ['status.phase!=', false],
    ['', true],
  ] as const) {
    it(`of fields: ${selector} ${selected ? 'selects' : 'leaves'}`, () => {
      const fields = selectableFields(['spec.nodeName', 'spec.hostNetwork', 'status.phase']);
      expect(parseFieldSelector(selector, fields)(pod)).to.equal(selected);
    });
  }
});
