import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { Run, Runtime } from '../../crds/v1alpha1/index.ts';
import { ROOT } from './harness/settings.ts';
import { useWorld } from './harness/world.ts';
import { SAMPLES } from './samples.ts';

const read = (file: string) =>
  parseAllDocuments(readFileSync(join(ROOT, 'install', file), 'utf8')).map(
    document => document.toJS() as Run | Runtime,
  );

describe('the samples', () => {
  const world = useWorld('samples', { bash: false });
  const strict = { fieldValidation: 'Strict' } as const;

  async function create(object: Run | Runtime, dryRun = false): Promise<void> {
    const { clients, namespace } = world;
    const placed = { ...object, metadata: { ...object.metadata, namespace } };
    const client = { Run: clients.runs, Runtime: clients.runtimes, ServiceAccount: clients.serviceAccounts }[
      object.kind!
    ];
    await client!.create(placed as never, { ...strict, dryRun });
  }

  before(async () => {
    for (const { file, use } of SAMPLES) {
      if (use === 'runtime') for (const object of read(file)) await create(object);
    }
    for (const { file, use } of SAMPLES) {
      if (use === 'run' || use === 'cancel') for (const object of read(file)) await create(object);
    }
  });

  for (const { file, use, name, status, logs } of SAMPLES) {
    if (use === 'shape') {
      it(`${file} is valid`, async () => {
        for (const object of read(file)) await create(object, true);
      });
      continue;
    }
    if (use === 'runtime') {
      it(`${file} becomes ready`, async () => {
        const { spec } = await world.runtimes.until(file, () => world.runtimes.get(name));
        await world.ready(name, spec.replicas!);
      });
      continue;
    }
    it(`${file} ends as it says`, async () => {
      if (use === 'cancel') {
        await world.reaches(name, 'Running');
        await world.cancel(name);
      }
      const ended = await world.runs.until(`the end of ${name}`, () =>
        world.runs.history(name).find(run => run.status?.completionTime),
      );
      expect(ended.status).to.deep.include(status);
      if (logs !== undefined) expect((await world.krt(['logs', name])).stdout).to.equal(logs);
    });
  }
});
