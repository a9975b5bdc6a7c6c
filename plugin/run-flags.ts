import type { InferredFlags } from '@oclif/core/interfaces';
import { usageError } from './errors.ts';
import { Flags, outputFlag, repeated } from './flags.ts';
import { parseKeyValue, parseLabels } from './parsers.ts';
import { namesOutput, showsOutputs } from './printers/output-format.ts';
import type { RunOptions } from './services/run/run-options.ts';

const text = (summary: string, helpValue: string, char?: 'c' | 'f' | 'r') =>
  Flags.string({ summary, helpValue, ...(char && { char }) });

/** Flags of `krt run` that say what to run; named as the fields of a Run's spec are. */
export const programFlags = {
  runtime: text('the Runtime that executes it', '<name>', 'r'),
  file: text('a file with the program; - is stdin', '<path>', 'f'),
  command: text('the text of the program', '<text>', 'c'),
  'repo-url': text('a git repository with the program', '<url>'),
  'commit-sha': text('the full commit id in that repository', '<sha>'),
  entrypoint: text('path of the program in its workspace', '<path>'),
  env: repeated({ summary: 'a variable, but no secret (repeatable)', helpValue: '<key=value>' }),
  'env-file': repeated({ summary: 'a file of KEY=VALUE lines (repeatable)', helpValue: '<path>' }),
  timeout: text('how long each attempt may take, such as 90s', '<duration>'),
  'retry-attempts': text('attempts in all, when one fails', '<n>'),
  'retry-backoff': text('pause before the second; doubles each time', '<duration>'),
  'retry-on': repeated({ summary: 'a reason that is retried (repeatable)', helpValue: '<reason>' }),
  ttl: text('delete the Run so many seconds after its end', '<seconds>'),
  priority: text('-1000 to 1000; higher goes first', '<n>'),
  label: repeated({ summary: 'a label of the Run (repeatable)', helpValue: '<key=value>' }),
  name: text('name of the Run', '<name>'),
  'generate-name': text('beginning of a made-up name', '<prefix>'),
};

/** Flags of `krt run` that say what to do with the Run. */
export const modeFlags = {
  detach: Flags.boolean({
    summary: 'come back as soon as the Run is made',
    exclusive: ['wait', 'cancel-on-interrupt'],
  }),
  wait: Flags.boolean({ summary: 'wait for the end, but show no output' }),
  artifacts: Flags.string({ summary: 'fetch its artifacts there at the end', helpValue: '<dir>' }),
  'cancel-on-interrupt': Flags.boolean({ summary: 'Ctrl-C cancels the Run, which else goes on' }),
  'dry-run': Flags.string({ summary: 'make nothing, only show what would be made', options: ['client', 'server'] }),
  json: Flags.boolean({
    summary: 'tell what happens, output too, as JSON lines',
    exclusive: ['output', 'dry-run'],
  }),
  output: outputFlag({
    summary: 'a format, as of get; --output KEY: that output',
    helpValue: '<format>',
  }),
};

/** Words with `--output KEY` put as the format that it is short for; `-o` takes formats alone, so that a slip is told. */
export function spellOutput(words: readonly string[]): string[] {
  return words.map((word, i) => {
    const [, flag = '', value = ''] = /^(--output=)(.*)$/s.exec(word) ?? [];
    if (namesOutput(value)) return `${flag}output=${value}`;
    return words[i - 1] === '--output' && namesOutput(word) ? `output=${word}` : word;
  });
}

/** Throws a usage error where the mode does not fit what is to be shown. */
export function checkMode(flags: InferredFlags<typeof modeFlags>): void {
  const early = flags.detach ? '--detach' : flags['dry-run'] && '--dry-run';
  if (early && flags.artifacts !== undefined) {
    throw usageError(`--artifacts does not go with ${early}`, 'artifacts are there when the Run has ended');
  }
  if (early && showsOutputs(flags.output)) {
    throw usageError(`-o ${flags.output!.name} does not go with ${early}`, 'outputs are there when the Run has ended');
  }
}

/** What the flags, and the words behind `--`, ask for. */
export function runOptionsOf(flags: InferredFlags<typeof programFlags>, words: readonly string[]): RunOptions {
  return {
    runtime: flags.runtime,
    file: flags.file,
    inline: flags.command,
    repoUrl: flags['repo-url'],
    commitSha: flags['commit-sha'],
    entrypoint: flags.entrypoint,
    args: words,
    env: (flags.env ?? []).map(word => parseKeyValue(word, '--env')),
    envFiles: flags['env-file'] ?? [],
    timeout: flags.timeout,
    retryAttempts: flags['retry-attempts'],
    retryBackoff: flags['retry-backoff'],
    retryOn: flags['retry-on'],
    ttl: flags.ttl,
    priority: flags.priority,
    labels: parseLabels(flags.label ?? []),
    name: flags.name,
    generateName: flags['generate-name'],
  };
}
