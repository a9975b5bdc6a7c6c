import type { InferredFlags } from '@oclif/core/interfaces';
import type { Run } from '../../crds/v1alpha1/run.ts';
import { commandLine } from '../command-line.ts';
import type { Context } from '../context.ts';
import type { ClusterFlags } from '../flags.ts';
import { showsOutputs } from '../printers/output-format.ts';
import { endLine } from '../printers/run-end.ts';
import type { modeFlags } from '../run-flags.ts';
import type { RunEvent } from '../services/run/run-event.ts';
import { RunEvents } from '../services/run/run-observer.ts';
import { runProgram } from '../services/run/run-program.ts';
import { nameRun, previewRun } from '../services/run/submit-run.ts';
import type { Output } from '../streams.ts';
import { makeLogOutput } from '../terminal/log-output.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { fetchAtEnd } from './download.ts';
import { makeProgress } from './progress.ts';
import { showOutputs, showRun } from './show-run.ts';

const { random } = Math;

/** Runs `draft` in the mode that the flags say, shows what they ask for, and gives the Run with the code to end with. */
export async function runDraft(
  context: Context,
  draft: Run,
  flags: InferredFlags<typeof modeFlags> & ClusterFlags,
): Promise<{ run: Run; exitCode: number }> {
  const { stdout, stderr, clock, signal, bin } = context;
  const { output: format, detach } = flags;
  const show = async (run: Run, line: string, exitCode = 0) => {
    await showRun(context, run, format, line);
    return { run, exitCode };
  };
  if (format?.name === 'go-template') {
    const { checkGoTemplate } = await import('../services/go-template.ts');
    await checkGoTemplate(format.template, { env: context.env, signal });
  }
  if (flags['dry-run'] === 'client') {
    const run = nameRun(draft, random);
    return show(run, madeLine(run, 'created (dry run)'));
  }
  const cluster = await context.cluster();
  const { clients, namespace } = cluster;
  if (flags['dry-run']) {
    const run = await previewRun(draft, { runs: clients.runs, namespace, clock, random, signal });
    return show(run, madeLine(run, 'created (server dry run)'));
  }
  const events = flags.json ? new RunEvents(eventsTo(stdout), { clock, withOutput: !flags.wait }) : undefined;
  const isStreamed = !detach && !flags.wait && !format && !events;
  const { run, exitCode, text } = await runProgram(draft, {
    clients,
    namespace,
    clock,
    random,
    signal,
    progress: makeProgress(stderr, flags.json || format?.name === 'json'),
    output: isStreamed ? makeLogOutput(context) : undefined,
    observer: events,
    attach: !detach,
    cancelOnInterrupt: flags['cancel-on-interrupt'],
    commandFor: commandLine(bin, flags),
  });
  if (detach && events) events.changed(run);
  if (detach) return events ? { run, exitCode } : show(run, madeLine(run, 'created'), exitCode);
  if (events) await events.end(run);
  else if (showsOutputs(format)) await showOutputs(context, run, format!, exitCode);
  else if (!isStreamed) await show(run, endLine(run));
  else if (text !== undefined) await stderr.write(`${text}\n`);
  if (flags.artifacts !== undefined) await fetchAtEnd(context, cluster, run, { dir: flags.artifacts, exitCode });
  return { run, exitCode };
}

const eventsTo = (stdout: Output) => (event: RunEvent) => {
  const line = JSON.stringify(event);
  return stdout.write(`${stdout.isTTY ? sanitise(line) : line}\n`);
};

const madeLine = ({ metadata }: Run, what: string) => `run.kruntimes.io/${metadata.name} ${what}`;
