import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { block, table } from '../../install/reference/markdown.ts';
import { referencePages } from '../../install/reference/pages.ts';
import { resourcesPage } from '../../install/reference/resources.ts';
import { rulesOf, typeOf } from '../../install/reference/schema-rules.ts';
import { ROOT } from './objects.ts';

describe('docs/reference', () => {
  it('is as the code says: if not, run npm run docs', async () => {
    const pages = await referencePages(ROOT);
    for (const [path, text] of pages) expect(readFileSync(join(ROOT, path), 'utf8'), path).to.equal(text);
    expect(globSync('docs/reference/*', { cwd: ROOT }).sort()).to.deep.equal([...pages.keys()].sort());
  });

  it('has fields with their types, rules and meanings, a list by its elements', () => {
    const phase = { type: 'string', enum: ['On', 'Off'], description: 'Which.' };
    const steps = { type: 'array', maxItems: 3, items: { type: 'object', required: ['phase'], properties: { phase } } };
    const root = {
      type: 'object',
      description: 'A Lamp shines.',
      'x-kubernetes-validations': [{ message: 'a lamp never breaks' }],
      properties: { spec: { type: 'object', properties: { steps } }, status: { type: 'object' } },
    };
    const names = { kind: 'Lamp', plural: 'lamps', shortNames: ['lp'] };
    const page = resourcesPage([{ spec: { names, versions: [{ name: 'v1', schema: { openAPIV3Schema: root } }] } }]);
    expect(page.slice(page.indexOf('## Lamp'))).to.equal(
      [
        '## Lamp\n\nA Lamp shines. `v1`; kubectl knows it as `lamps`, `lp`.\n\n- a lamp never breaks\n\n### Lamp.spec\n\n',
        '| field | type | rules | meaning |\n| --- | --- | --- | --- |\n',
        '| `spec.steps` | list of object | at most 3 |  |\n',
        '| `spec.steps[].phase` | string | required; one of On, Off | Which. |\n\n',
        '### Lamp.status\n\n| field | type | rules | meaning |\n| --- | --- | --- | --- |\n',
      ].join(''),
    );
  });

  for (const [schema, type, rules] of [
    [{}, 'any', []],
    [{ type: 'integer', minimum: -1000, maximum: 5 }, 'integer', ['−1,000 to 5']],
    [{ type: 'integer', minimum: 0 }, 'integer', ['0 or more']],
    [{ type: 'integer', maximum: 0 }, 'integer', ['0 or less']],
    [
      { type: 'object', maxProperties: 2, additionalProperties: { type: 'string', maxLength: 9 } },
      'map of string',
      ['at most 2 entries', 'each: at most 9 characters'],
    ],
  ] as const) {
    it(`says of ${JSON.stringify(schema)} what it takes`, () => {
      expect(typeOf(schema)).to.equal(type);
      expect(rulesOf(schema)).to.deep.equal(rules);
    });
  }

  it('escapes what would end a cell', () => {
    expect(table(['a'], [['x|y']])).to.equal('| a |\n| --- |\n| x\\|y |\n');
    expect(block('a\n')).to.equal('```text\na\n```\n');
  });
});
