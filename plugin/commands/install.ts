import { join } from 'node:path';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { BaseCommand } from '../base-command.ts';
import { commandLine } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import { dataFlag, Flags, waitFlag } from '../flags.ts';
import type { Finding } from '../services/install/finding.ts';
import { onlyNamespaceOf } from '../ui/only-namespace.ts';
import { makeProgress } from '../ui/progress.ts';

export default class Install extends BaseCommand {
  static override summary = 'Install krt on the cluster, or tell what is wrong with it';
  static override description =
    'Applies the manifests of this krt by server-side apply; needs no kubectl. Again, it upgrades, or puts right what was changed.';
  static override examples = [
    '<%= config.bin %> install',
    '<%= config.bin %> install --image registry.example/krt-agents:0.1.0',
    '<%= config.bin %> install --namespaced -n team-a',
    '<%= config.bin %> install --check',
    '<%= config.bin %> install --dry-run=client -o yaml',
  ];
  static override flags = {
    namespaced: Flags.boolean({ summary: 'into one namespace, which is there already, and for it alone' }),
    image: Flags.string({ summary: 'of the agents, from a registry of yours', helpValue: '<image>' }),
    check: Flags.boolean({ summary: 'change nothing; tell what is missing or wrong', exclusive: ['dry-run'] }),
    'dry-run': Flags.string({ summary: 'change nothing; show what would be applied', options: ['client'] }),
    wait: Flags.boolean({ summary: 'wait until the agents are ready', default: true, allowNo: true }),
    timeout: waitFlag({ summary: 'how long to wait for that; default 2m', default: 120_000 }),
    output: dataFlag(),
  };

  async run(): Promise<readonly KubeObject[] | readonly Finding[]> {
    const { flags } = await this.parse(Install);
    const { stdout, stderr, clock, signal, bin } = this.context;
    const [{ parseImage, readManifest, SYSTEM_NAMESPACE }, { nameOf }, { showCheck, showManifest }] = await Promise.all(
      [
        import('../services/install/manifest.ts'),
        import('../services/install/kinds.ts'),
        import('../ui/show-install.ts'),
      ],
    );
    const image = flags.image === undefined ? undefined : parseImage(flags.image);
    // beside --check, -n says where programs are run
    const onlyNamespace =
      flags.check && !flags.namespaced ? undefined : await onlyNamespaceOf(this.context, flags.namespaced);
    const objects = await readManifest(join(this.config.root, 'install'), { onlyNamespace, image });
    if (flags['dry-run']) return showManifest(this.context, objects, flags.output);
    const { clients, namespace } = await this.context.cluster();
    const commandFor = commandLine(bin, flags);
    const command = flags.namespaced ? 'install --namespaced' : 'install';
    if (flags.check) {
      const installCommand = commandFor(command, '').trimEnd();
      const deps = { clients, namespace, servedNamespace: onlyNamespace, installCommand, format: flags.output };
      const findings = await showCheck(this.context, objects, deps);
      if (findings.some(({ level }) => level === 'wrong')) this.exitCode = EXIT.unavailable;
      return findings;
    }
    const { install } = await import('../services/install/install.ts');
    const progress = makeProgress(stderr, flags.output !== undefined);
    await install(objects, {
      clients,
      namespace: onlyNamespace ?? SYSTEM_NAMESPACE,
      isNamespaced: flags.namespaced,
      clock,
      signal,
      waitMs: flags.wait ? flags.timeout : undefined,
      progress,
      checkCommand: commandFor(command, '--check'),
      onApplied: object => stdout.write(flags.output ? '' : `${nameOf(object)} serverside-applied\n`),
    }).finally(() => progress.clear());
    if (flags.output) await showManifest(this.context, objects, flags.output);
    return objects;
  }
}
