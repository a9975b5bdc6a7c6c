import { Command } from '@oclif/core/command';
import type { Input, ParserOutput } from '@oclif/core/interfaces';
import { adviseOn } from './api-advice.ts';
import { type Context, openContext } from './context.ts';
import { type ClusterFlags, clusterFlags } from './flags.ts';
import { type Lifetime, watchProcess } from './lifetime.ts';
import { normaliseBooleans } from './normalise-argv.ts';
import { explainParseError } from './parse-errors.ts';

/** oclif's own bound on parsed flags and args, which it does not export. */
// biome-ignore lint/suspicious/noExplicitAny: it is oclif's bound
type Parsed = Record<string, any>;

/**
 * What every command is made on: kubectl's flags, one Context, errors and exit codes. A command parses, which opens
 * `this.context`; calls one service with plain values; prints what it returns. Errors are thrown, never printed: main
 * shows them.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = clusterFlags;

  /** Set by `parse`. */
  protected context!: Context;
  /** How the process ends when nothing is thrown; a Run's own code passes through here. */
  protected exitCode = 0;
  #lifetime: Lifetime | undefined;

  /** Reads the words of the command and opens its context; every wrong word ends here, before any request. */
  protected override async parse<F extends Parsed, B extends Parsed, A extends Parsed>(
    options?: Input<F, B, A>,
    argv = this.argv,
  ): Promise<ParserOutput<F, B, A>> {
    const input = options ?? (this.ctor as Input<F, B, A>);
    const flags = { ...this.ctor.baseFlags, ...this.ctor.flags };
    try {
      const parsed = await super.parse(input, normaliseBooleans(argv, flags));
      this.context = this.openContext(parsed.flags as ClusterFlags);
      return parsed;
    } catch (error) {
      const command = `${this.config.bin} ${this.id?.replaceAll(':', ' ')}`;
      throw explainParseError(error, { command, flags: Object.keys(flags).filter(name => !flags[name]?.hidden) });
    }
  }

  /** Tests give another one. */
  protected openContext(flags: ClusterFlags): Context {
    this.#lifetime = watchProcess();
    const { bin, version } = this.config;
    return openContext(flags, { bin, version, env: process.env, lifetime: this.#lifetime });
  }

  protected override async catch(error: Error): Promise<never> {
    throw adviseOn(error, this.context?.signal);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.context?.close();
    if (!error) await this.#lifetime?.settleOutput();
    this.#lifetime?.end();
    if (!error) process.exitCode = this.exitCode;
  }
}
