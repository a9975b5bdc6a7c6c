import { BaseCommand } from '../base-command.ts';
import { dataFlag, Flags } from '../flags.ts';
import { type Versions, versionText } from '../printers/version.ts';
import { fetchClusterVersion } from '../services/cluster-version.ts';
import { dataText } from '../ui/data-text.ts';

/** How long to wait for a cluster that may not be there. */
const PATIENCE_MS = 3000;

export default class Version extends BaseCommand {
  static override summary = 'Show the version of krt, and of the cluster where one answers';
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --client -o json'];
  static override flags = {
    client: Flags.boolean({ summary: 'only that of krt; asks no server' }),
    output: dataFlag(),
  };

  async run(): Promise<Versions> {
    const { flags } = await this.parse(Version);
    const client = { client: this.context.version, node: process.version };
    const versions = flags.client ? client : { ...client, ...(await this.#ofServer()) };
    await this.context.stdout.write(flags.output ? await dataText(versions, flags.output) : versionText(versions));
    return versions;
  }

  async #ofServer(): Promise<Pick<Versions, 'server' | 'whyNot'>> {
    const { clock, signal } = this.context;
    const stop = new AbortController();
    try {
      const { clients } = await this.context.cluster();
      const slow = clock.sleep(PATIENCE_MS, stop.signal).then(() => Promise.reject(new Error('no answer in 3s')));
      const asked = fetchClusterVersion(clients.transport, AbortSignal.any([signal, stop.signal]));
      return { server: await Promise.race([asked, slow]) };
    } catch (error) {
      signal.throwIfAborted();
      // a cluster that can't be asked is no failure of krt's: its own version is told all the same
      return { whyNot: (error as Error).message };
    } finally {
      stop.abort();
    }
  }
}
