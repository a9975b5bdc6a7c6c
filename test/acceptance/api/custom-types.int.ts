import { expect } from 'chai';
import { DEADLINE_MS } from '../harness/settings.ts';
import { useWorld } from '../harness/world.ts';
import { JSON_PATCH, MERGE, type RawAnswer, send } from './raw.ts';
import { CRDS, makeWidgetCrd } from './widget-crd.ts';
import { BAD_VALUES, GOOD_VALUES } from './widget-values.ts';

const UNCHECKED = 'some validation rules were not checked because the object was invalid';

describe('the API: custom types', () => {
  const world = useWorld('custom', { bash: false });
  const group = () => `${world.namespace}.example.com`;
  const crd = () => `${CRDS}/widgets.${group()}`;
  const widgets = () => `/apis/${group()}/v1/namespaces/${world.namespace}/widgets`;
  const widget = (name: string, spec: object) => ({
    apiVersion: `${group()}/v1`,
    kind: 'Widget',
    metadata: { name },
    spec,
  });
  const create = (name: string, spec: object, query = '?dryRun=All') =>
    send(world, { method: 'POST', path: `${widgets()}${query}`, body: widget(name, spec) });
  const patch = (name: string, body: object, contentType = MERGE) =>
    send(world, { method: 'PATCH', path: `${widgets()}/${name}`, body, contentType });

  /** Asks until the answer is as it must be: a server takes a moment to serve what a CRD says. */
  async function until(
    what: string,
    ask: () => Promise<RawAnswer>,
    fits: (answer: RawAnswer) => boolean,
  ): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const answer = await ask();
      if (fits(answer)) return;
      if (performance.now() > deadline) throw new Error(`${what}: not in time\n${answer.status} ${answer.text}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  before(async function () {
    this.timeout(DEADLINE_MS);
    const made = await send(world, { method: 'POST', path: CRDS, body: makeWidgetCrd(group()) });
    expect(made.status, made.text).to.equal(201);
    await until(
      'the type',
      () => create('x', {}),
      answer => answer.status === 201,
    );
  });

  after(async () => {
    await send(world, { method: 'DELETE', path: crd() });
  });

  const DEFAULTS = { defaulted: 'given', nested: { q: 3 } };

  for (const [field, good, expected] of GOOD_VALUES) {
    it(`takes ${field}: ${JSON.stringify(good)}`, async () => {
      const answer = await create('x', { [field]: good });
      expect(answer.status, answer.text).to.equal(201);
      expect(answer.json().spec).to.deep.equal({ ...DEFAULTS, ...(expected !== undefined && { [field]: expected }) });
    });
  }

  for (const [field, bad, at, message, blocks] of BAD_VALUES) {
    it(`refuses ${field}: ${JSON.stringify(bad)}`, async () => {
      const answer = await create('x', { [field]: bad });
      const { details, reason } = answer.json();
      expect([answer.status, reason], answer.text).to.deep.equal([422, 'Invalid']);
      const causes = details.causes as { field: string; message: string }[];
      expect(causes[0]).to.deep.include({ field: `spec.${at}`, message });
      expect(causes.some(cause => cause.message.includes(UNCHECKED))).to.equal(blocks);
    });
  }

  for (const [number, format, type] of [
    [2 ** 31, 'i32', undefined],
    [1.5, 'i32', 'int32'],
    [2 ** 63, 'i64', 'int64'],
  ] as const) {
    it(`refuses ${number} as ${format}`, async () => {
      const bits = format === 'i32' ? 'int32' : 'int64';
      const { details } = (await create('x', { [format]: number })).json();
      const messages = details.causes.map((cause: { message: string }) => cause.message);
      expect(messages).to.include(
        `Invalid value: "": Checked value must be of type integer with format ${bits} in spec.${format}`,
      );
      if (type)
        expect(messages).to.include(
          `Invalid value: "float64": spec.${format} in body must be of type ${type}: "float64"`,
        );
    });
  }

  it('tells everything that is wrong at once', async () => {
    const { details, message } = (await create('x', { s: 1, n: 0, e: 'z', object: {} })).json();
    const fields = details.causes.map((cause: { field: string }) => cause.field);
    expect(fields).to.have.members(['spec.s', 'spec.n', 'spec.e', 'spec.object.x', '<nil>']);
    expect(message).to.match(new RegExp(`^Widget\\.${group()} "x" is invalid: \\[spec\\.`));
  });

  it('compares with what was before', async () => {
    await create('fixed', { fixed: 'a' }, '');
    const refused = await patch('fixed', { spec: { fixed: 'b' } });
    expect([refused.status, refused.json().message]).to.deep.equal([
      422,
      `Widget.${group()} "fixed" is invalid: spec.fixed: Invalid value: "b": never changes`,
    ]);
    // a rule about what was holds only where something was
    expect((await patch('fixed', { spec: { fixed: null } })).status).to.equal(200);
    expect((await patch('fixed', { spec: { fixed: 'c' } })).status).to.equal(200);
  });

  it('keeps whatever a status holds, and the nulls that are said to stand there', async () => {
    await create('free', {}, '');
    const path = `${widgets()}/free/status`;
    const merged = await send(world, {
      method: 'PATCH',
      path,
      contentType: MERGE,
      body: { status: { a: { b: [1, null, { c: null }] } } },
    });
    expect(merged.json().status).to.deep.equal({ a: { b: [1, null, {}] } });
    const operations = [{ op: 'add', path: '/status/a', value: { n: null } }];
    const added = await send(world, { method: 'PATCH', path, contentType: JSON_PATCH, body: operations });
    expect(added.json().status).to.deep.equal({ a: { n: null } });
  });

  it('refuses no update for what it leaves as it was, though the schema has become stricter', async () => {
    await create('old', { s: 'x', n: 5, list: ['a', 'b'], map: [{ k: 'a' }, { k: 'b' }] }, '');
    const properties = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties';
    const body = [
      { op: 'replace', path: `${properties}/s`, value: { type: 'string', minLength: 5 } },
      {
        op: 'replace',
        path: `${properties}/n`,
        value: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 100', message: 'too small' }] },
      },
      {
        op: 'replace',
        path: `${properties}/list`,
        value: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 3 } },
      },
      { op: 'add', path: `${properties}/fresh`, value: { type: 'string', default: 'new' } },
    ];
    expect((await send(world, { method: 'PATCH', path: crd(), contentType: JSON_PATCH, body })).status).to.equal(200);
    // a new default reaches what is stored
    await until(
      'the new schema',
      () => send(world, { path: `${widgets()}/old` }),
      answer => answer.json().spec.fresh === 'new',
    );
    await until(
      'its rules',
      () => create('x', { n: 5 }),
      answer => answer.status === 422,
    );
    const outcome = async (change: object) => (await patch('old', change)).status;
    expect(await outcome({ metadata: { labels: { a: 'b' } } })).to.equal(200);
    expect(await outcome({ spec: { f: 2.5, map: [{ k: 'b' }, { k: 'c' }] } })).to.equal(200);
    expect(await outcome({ status: { a: 1 } })).to.equal(200);
    expect(await outcome({ spec: { s: 'yy' } })).to.equal(422);
    expect(await outcome({ spec: { n: 6 } })).to.equal(422);
    expect(await outcome({ spec: { list: ['a', 'c'] } })).to.equal(422);
    expect(await outcome({ spec: { s: 'longer', n: 101, list: ['aaa'] } })).to.equal(200);
  });

  for (const [title, change, message] of [
    ['no stored version', { storage: false }, 'must have exactly one version marked as storage version'],
    ['no schema', { schema: undefined }, 'spec.versions[0].schema.openAPIV3Schema: Required value'],
  ] as const) {
    it(`refuses a type with ${title}`, async () => {
      const body = makeWidgetCrd(`bad.${group()}`);
      Object.assign(body.spec.versions[0]!, change);
      const answer = await send(world, { method: 'POST', path: `${CRDS}?dryRun=All`, body });
      expect([answer.status, answer.json().message]).to.satisfy(
        ([status, text]: [number, string]) => status === 422 && text.includes(message),
      );
    });
  }

  it('takes its objects with it, and is served no more', async () => {
    expect((await send(world, { method: 'DELETE', path: crd() })).status).to.equal(200);
    await until(
      'the end of the type',
      () => send(world, { path: crd() }),
      answer => answer.status === 404,
    );
    await until(
      'the end of its objects',
      () => send(world, { path: `${widgets()}/old` }),
      answer => answer.status === 404 && answer.type === 'text/plain',
    );
  });
});
