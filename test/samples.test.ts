import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import type { Run } from '../crds/v1alpha1/index.ts';
import { validateRunSpec } from '../crds/v1alpha1/index.ts';
import { SAMPLES } from './acceptance/samples.ts';

const install = join(import.meta.dirname, '../install');
const read = (file: string) => readFileSync(join(install, file), 'utf8');

describe('the manifests of install/', () => {
  it('are each used by the acceptance suite, once', () => {
    const files = globSync('{samples,runtimes}/*.yaml', { cwd: install }).sort();
    expect(SAMPLES.map(sample => sample.file).sort()).to.deep.equal(files);
  });

  it('have names that the suite knows them by', () => {
    for (const { file, name } of SAMPLES.filter(sample => sample.use !== 'shape')) {
      const names = parseAllDocuments(read(file)).map(document => document.toJS().metadata.name as string);
      expect(names, file).to.include(name);
    }
  });

  it('hold Runs that the CLI would take', () => {
    const runs = SAMPLES.filter(({ file }) => /^kind: Run$/m.test(read(file)));
    expect(runs).to.not.have.lengthOf(0);
    for (const { file } of runs) expect(validateRunSpec((parse(read(file)) as Run).spec), file).to.deep.equal([]);
  });

  it('show every field of a Run’s spec', () => {
    const crd = parse(readFileSync(join(install, '../crds/kruntimes.io_runs.yaml'), 'utf8'));
    const fields = Object.keys(crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties);
    const shown = new Set(
      SAMPLES.flatMap(({ file }) => Object.keys(parseAllDocuments(read(file)).at(-1)!.toJS().spec)),
    );
    // set on a Run that exists, not in a manifest: lifecycle/cancel.int.ts shows it
    expect(fields.filter(field => !shown.has(field))).to.deep.equal(['cancelRequested']);
  });
});
