import type { Clock } from '../../../lib/clock.ts';
import type { Command } from '../container/process-spec.ts';
import type { ContainerLog } from '../logs/container-log.ts';
import type { ProbeTarget } from '../probes/probe-target.ts';
import { probeForEver } from '../probes/prober.ts';
import { runProbe } from '../probes/run-probe.ts';
import { type ContainerProcess, type ProcessExit, startProcess } from '../process/container-process.ts';
import type { NodeContainer, Probe } from './spec.ts';

/** What the node is told of a container that runs. */
export interface ContainerEvents {
  readonly onStarted: () => void;
  readonly onReady: (ready: boolean) => void;
  readonly onUnhealthy: (probe: string, message: string) => void;
  /** A startup or liveness probe has failed for good: the container is being ended. */
  readonly onKilling: (message: string) => void;
  readonly onLogError: (error: unknown) => void;
}

export interface RunningOptions {
  readonly container: NodeContainer;
  readonly command: Command;
  readonly mark: number;
  readonly lifeline: boolean;
  readonly clock: Clock;
  readonly log: ContainerLog;
  readonly target: ProbeTarget;
  /** Seconds from SIGTERM to SIGKILL where a probe ends it. */
  readonly graceSeconds: number;
  readonly events: ContainerEvents;
}

/** An instance of a container: its process, its log and its probes. */
export class RunningContainer {
  readonly process: ContainerProcess;
  /** Resolves when it has ended with all it left behind, and its log is closed. */
  readonly ended: Promise<ProcessExit>;
  readonly #options: RunningOptions;
  readonly #probes = new AbortController();

  constructor(options: RunningOptions) {
    this.#options = options;
    const { command, mark, lifeline, clock, log, events } = options;
    this.process = startProcess({ ...command, mark, lifeline }, clock, (stream, chunk) => {
      try {
        log.write(stream, chunk);
      } catch (error) {
        events.onLogError(error); // the disk is full, say: the container goes on
      }
    });
    this.ended = this.process.ended.then(exit => {
      this.#probes.abort();
      try {
        log.close();
      } catch (error) {
        events.onLogError(error);
      }
      return exit;
    });
    this.#startProbes();
  }

  /** Asks it to end; its probes end now. */
  terminate(): void {
    this.#probes.abort();
    this.process.terminate();
  }

  #startProbes(): void {
    const { startupProbe } = this.#options.container;
    if (!startupProbe) {
      this.#onStarted();
      return;
    }
    const stop = new AbortController();
    this.#probe('Startup', startupProbe, AbortSignal.any([this.#probes.signal, stop.signal]), (ok, message) => {
      stop.abort();
      if (ok) this.#onStarted();
      else this.#end('startup', startupProbe, message);
    });
  }

  #onStarted(): void {
    const { container, events } = this.#options;
    const { readinessProbe, livenessProbe } = container;
    events.onStarted();
    if (!readinessProbe) events.onReady(true);
    else this.#probe('Readiness', readinessProbe, this.#probes.signal, ok => events.onReady(ok));
    if (!livenessProbe) return;
    this.#probe('Liveness', livenessProbe, this.#probes.signal, (ok, message) => {
      if (!ok) this.#end('liveness', livenessProbe, message);
    });
  }

  #probe(name: string, probe: Probe, signal: AbortSignal, onVerdict: (ok: boolean, message: string) => void): void {
    const { clock, target, events } = this.#options;
    const check = (over: AbortSignal) => runProbe(probe, target, over);
    const onFailure = (message: string) => events.onUnhealthy(name, message);
    void probeForEver({ probe, clock, signal, check, onVerdict, onFailure });
  }

  #end(probe: string, { terminationGracePeriodSeconds }: Probe, message: string): void {
    const { container, clock, events, graceSeconds } = this.#options;
    events.onKilling(`Container ${container.name} failed ${probe} probe, will be restarted: ${message}`);
    this.terminate();
    const over = new AbortController();
    const grace = (terminationGracePeriodSeconds ?? graceSeconds) * 1000;
    clock.sleep(grace, over.signal).then(
      () => this.process.kill(),
      () => undefined, // it has ended
    );
    void this.ended.then(() => over.abort());
  }
}
