import { expect } from 'chai';
import type { RunSpec } from '../../../crds/v1alpha1/run.ts';
import { validateRunSpec } from '../../../crds/v1alpha1/validate-run.ts';
import { BAD_SPECS, GOOD_SPECS } from '../bad-specs.ts';

describe('validateRunSpec', () => {
  for (const { title, spec, field } of BAD_SPECS) {
    it(`refuses ${title}, and names ${field}`, () => {
      const errors = validateRunSpec(spec as RunSpec);
      expect(errors.map(error => error.field).join(' ')).to.include(field);
    });
  }
  for (const { title, spec } of GOOD_SPECS) {
    it(`takes ${title}`, () => {
      expect(validateRunSpec(spec)).to.deep.equal([]);
    });
  }
});
