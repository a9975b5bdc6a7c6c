import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { RESOURCES } from '../../crds/client/resources.ts';
import { DURATION_PATTERN } from '../../crds/v1alpha1/duration.ts';
import { LIMITS } from '../../crds/v1alpha1/limits.ts';
import { GROUP, VERSION } from '../../crds/v1alpha1/names.ts';
import { REASONS, RUN_REASONS } from '../../crds/v1alpha1/reasons.ts';
import { RUN_PHASES, TERMINAL_PHASES } from '../../crds/v1alpha1/run.ts';
import { runLimitsOf } from '../../crds/v1alpha1/run-limits.ts';
import { ISOLATIONS, isolationOf } from '../../crds/v1alpha1/runtime.ts';

// biome-ignore lint/suspicious/noExplicitAny: a manifest is read by its paths
type Manifest = any;

const template = { spec: { containers: [{ name: 'runtime' }] } };

const folder = join(import.meta.dirname, '../../crds');
const read = (plural: string): Manifest => parse(readFileSync(join(folder, `kruntimes.io_${plural}.yaml`), 'utf8'));

describe('the CRD manifests', () => {
  const run = read('runs');
  const runtime = read('runtimes');
  const version = run.spec.versions[0];
  const { spec, status } = version.schema.openAPIV3Schema.properties;

  for (const [manifest, info] of [
    [run, RESOURCES.runs],
    [runtime, RESOURCES.runtimes],
  ] as const) {
    it(`name ${info.kind} as the client does`, () => {
      const { group, names, versions, scope } = manifest.spec;
      expect([group, versions[0].name, names.plural, names.kind]).to.deep.equal([
        GROUP,
        VERSION,
        info.plural,
        info.kind,
      ]);
      expect(scope === 'Namespaced').to.equal(info.namespaced);
      expect(names.categories).to.deep.equal(['krt']);
    });
  }

  it('are small enough for plain kubectl apply, which keeps a copy in an annotation', () => {
    for (const plural of ['runs', 'runtimes']) {
      expect(statSync(join(folder, `kruntimes.io_${plural}.yaml`)).size).to.be.below(100_000);
    }
  });

  it('know the phases of the types, and the same terminal ones in the rule that guards them', () => {
    expect(status.properties.phase.enum).to.deep.equal(RUN_PHASES);
    const rule: string = version.schema.openAPIV3Schema['x-kubernetes-validations'][0].rule;
    expect(rule).to.include(`[${TERMINAL_PHASES.map(phase => `'${phase}'`).join(', ')}]`);
  });

  it('know the reasons of the one table', () => {
    expect(status.properties.reason.enum).to.deep.equal(RUN_REASONS);
    expect(spec.properties.retryPolicy.properties.retryableReasons.items.enum).to.deep.equal(RUN_REASONS);
    for (const { phase } of Object.values(REASONS)) expect(TERMINAL_PHASES).to.include(phase);
  });

  it('state the limits of the types', () => {
    const { source, entrypoint, args, env, priority, retryPolicy } = spec.properties;
    const { message, outputs, artifactRefs, attempts } = status.properties;
    expect({
      inlineBytes: source.properties.inline.maxLength,
      entrypointLength: entrypoint.maxLength,
      args: args.maxItems,
      argBytes: args.items.maxLength,
      env: env.maxProperties,
      envValueLength: env.additionalProperties.maxLength,
      repoURLLength: source.properties.repoURL.maxLength,
      maxAttempts: retryPolicy.properties.maxAttempts.maximum,
      priority: priority.maximum,
      messageLength: message.maxLength,
      outputs: outputs.maxProperties,
      outputKeyBytes: LIMITS.outputKeyBytes, // keys of a map have no limit in a schema: runtimed holds it
      outputValueBytes: outputs.additionalProperties.maxLength,
      outputsBytes: LIMITS.outputsBytes, // nor has the sum
      artifactRefs: artifactRefs.maxItems,
      attemptRecords: attempts.maxItems,
    }).to.deep.equal(LIMITS);
  });

  it('take the durations that the CLI takes', () => {
    expect(spec.properties.timeout.pattern).to.equal(DURATION_PATTERN.source);
    expect(spec.properties.retryPolicy.properties.backoff.pattern).to.equal(DURATION_PATTERN.source);
  });

  it('let the server select Runs by phase, Pod and Runtime', () => {
    const paths = version.selectableFields.map((field: { jsonPath: string }) => field.jsonPath);
    expect(paths).to.deep.equal(['.status.phase', '.status.assignedPod', '.spec.runtime']);
  });

  it('know the tiers of isolation, and which one holds where a Runtime says nothing', () => {
    const { isolation } = runtime.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
    expect(isolation).to.deep.include({ enum: ISOLATIONS, default: isolationOf({ spec: { template } }) });
  });

  it('tell the limits of Runs that hold by default', () => {
    const { limits } = runtime.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
    const { processes, disk } = runLimitsOf({ spec: { template } });
    expect(limits.properties.processes.description).to.include(`default ${processes}`);
    expect(limits.properties.disk.description).to.include(`default ${disk}`);
  });

  it('show the age last, as kubectl does', () => {
    for (const manifest of [run, runtime]) {
      expect(manifest.spec.versions[0].additionalPrinterColumns.at(-1).name).to.equal('Age');
    }
  });
});
