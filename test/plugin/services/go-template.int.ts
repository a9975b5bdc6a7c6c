import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { interruptedError, type KrtError } from '../../../plugin/errors.ts';
import { checkGoTemplate, renderGoTemplate } from '../../../plugin/services/go-template.ts';
import { requireKubectl } from '../../acceptance/harness/kubectl.ts';

const DATA = {
  items: [
    { a: 'x', n: 3 },
    { a: '<&>', n: 1e6 },
  ],
};

describe('templates of Go', () => {
  requireKubectl();
  const { signal } = new AbortController();
  const deps = { env: { PATH: process.env['PATH'] }, signal };
  const render = (template: string) => renderGoTemplate(template, DATA, deps);
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it was taken'),
      (error: KrtError) => error,
    );

  for (const [template, expected] of [
    ['{{range .items}}{{.a}}={{.n}};{{end}}', 'x=3;<&>=1000000;'],
    ['{{len $.items}}{{.nothing}}', '2<no value>'],
    ['{{with index .items 0}}{{.a}}{{$.nothing}}{{end}}', 'x<no value>'],
    ['{{exists . "items"}} {{base64decode "aGk="}}', 'true hi'],
    ['', ''],
  ] as const) {
    it(`become text: ${template}`, async () => expect(await render(template)).to.equal(expected));
  }

  for (const [template, message] of [
    ['{{if}}', '-o go-template: missing value for if'],
    ['{{index .items 9}}', '-o go-template: at <index .items 9>: error calling index: index out of range: 9'],
    ['{{ define "x" }}{{end}}', '-o go-template: krt takes no define or block'],
  ] as const) {
    it(`are told what is wrong with them: ${template}`, async () => {
      expect(await failure(render(template))).to.include({ message, exitCode: 64 });
    });
  }

  it('can be checked before there is anything to show', async () => {
    await checkGoTemplate('{{index .items 9}}', deps);
    expect(await failure(checkGoTemplate('{{if}}', deps))).to.include({ exitCode: 64 });
  });

  it('are told where kubectl is missing', async () => {
    const error = await failure(renderGoTemplate('x', DATA, { env: { PATH: '/nowhere' }, signal }));
    expect(error).to.include({ message: '-o go-template needs kubectl, which is not in the PATH', exitCode: 64 });
  });

  it('leave no data behind, also where they are interrupted', async () => {
    const left = () => readdirSync(tmpdir()).filter(name => name.startsWith('krt-template-')).length;
    const before = left();
    await render('x');
    const stop = AbortSignal.abort(interruptedError());
    expect(await failure(renderGoTemplate('x', DATA, { ...deps, signal: stop }))).to.include({ exitCode: 130 });
    expect(left()).to.equal(before);
  });
});
