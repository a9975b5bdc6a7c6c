import { LATEST } from '../../latest.ts';
import { type CliSpec, flagOf, flagsOf, readWords, type Settled } from './read-words.ts';

/** Names that only the cluster or the kubeconfig knows; artifacts are those of one Run. */
export type Source =
  | ('runs' | 'active-runs' | 'runtimes' | 'namespaces' | 'contexts' | 'clusters' | 'users')
  | { readonly artifactsOf: string };

/** A word to offer, and what it is about. */
export interface Candidate {
  readonly word: string;
  readonly about?: string | undefined;
}

/** What may stand in place of the word that is being typed. */
export interface Completion {
  readonly words: readonly Candidate[];
  /** Names to be looked up and offered too, each behind `prefix`. */
  readonly live?: { readonly source: Source; readonly prefix: string } | undefined;
  /** Whether a file is as good. */
  readonly files?: boolean;
  /** Names that are there already. */
  readonly taken?: readonly string[];
}

const NOTHING: Completion = { words: [] };
const FILES: Completion = { words: [], files: true };
const FORMATS = ['table', 'wide', 'name', 'json', 'yaml', 'outputs', 'jsonpath=', 'custom-columns=', 'go-template='];

/** What the value of a flag may be, by the flag's name; of those that are not here krt knows nothing. */
const VALUES: Readonly<Record<string, Completion | (Source & string)>> = {
  runtime: 'runtimes',
  namespace: 'namespaces',
  context: 'contexts',
  cluster: 'clusters',
  user: 'users',
  file: FILES,
  each: FILES,
  'env-file': FILES,
  'token-file': FILES,
  source: FILES,
  workdir: FILES,
  kubeconfig: FILES,
  'certificate-authority': FILES,
  'client-certificate': FILES,
  'client-key': FILES,
  output: choice(FORMATS),
  for: choice(['terminal', 'delete', 'create', 'condition=', 'jsonpath=']),
  artifacts: FILES,
};

/** Of flags that mean something else to one command. */
const OWN_VALUES: Readonly<Record<string, Completion>> = {
  // one of krt's own, not one of the cluster's
  'local:up runtime': choice(['bash', 'node', 'python']),
  'artifact:download output': FILES,
};

/** What the words of a command may be, by its id; a test ties them to the commands that take words. */
export const WORDS: Readonly<Record<string, Words>> = {
  'artifact:download': 'artifacts',
  'artifact:list': 'run',
  cancel: 'active-runs',
  completion: ['bash', 'zsh', 'fish', 'powershell'],
  delete: 'targets',
  describe: 'targets',
  get: 'targets',
  help: 'commands',
  logs: 'runs',
  rerun: 'run',
  'runtime:describe': 'runtimes',
  'runtime:get': 'runtimes',
  top: 'runtime',
  wait: 'targets',
};

/** Commands that know what `@latest` stands for. */
const TAKES_LATEST = new Set(['artifact:download', 'artifact:list', 'describe', 'get', 'logs', 'rerun', 'wait']);

/** `run` and `runtime`: one name; `artifacts`: a Run's name, then its artifacts. */
type Words =
  | ('runs' | 'active-runs' | 'runtimes' | 'run' | 'runtime' | 'artifacts' | 'targets' | 'commands')
  | readonly string[];

/** What may stand in place of the last of `typed`, the words behind krt. */
export function complete(typed: readonly string[], cli: CliSpec): Completion & { readonly globals: readonly string[] } {
  const settled = readWords(typed.slice(0, -1), cli);
  return { ...candidates(typed.at(-1) ?? '', settled, cli), globals: settled.globals };
}

function candidates(current: string, settled: Settled, cli: CliSpec): Completion {
  const { command, awaiting, isProgram } = settled;
  if (isProgram) return FILES;
  if (awaiting !== undefined) return valuesOf(awaiting, '', settled, cli);
  const split = current.indexOf('=');
  if (current.startsWith('--') && split > 0) {
    const name = flagOf(current, command, cli);
    return name === undefined ? NOTHING : valuesOf(name, current.slice(0, split + 1), settled, cli);
  }
  if (current.startsWith('-')) return flagNames(settled, cli);
  const below = commandsBelow(settled.id, cli);
  if (below.length > 0 && settled.words.length === 0) return { words: below };
  return wordsOf(current, settled, cli);
}

function valuesOf(flag: string, prefix: string, { id, command }: Settled, cli: CliSpec): Completion {
  const { options } = flagsOf(command, cli)[flag] ?? {};
  const values = OWN_VALUES[`${id} ${flag}`] ?? VALUES[flag];
  const completion = options ? choice(options) : values;
  if (completion === undefined) return NOTHING;
  if (typeof completion === 'string') return { words: [], live: { source: completion, prefix } };
  return { ...completion, words: completion.words.map(({ word, ...rest }) => ({ word: prefix + word, ...rest })) };
}

function flagNames({ command, given }: Settled, cli: CliSpec): Completion {
  const flags = Object.entries(flagsOf(command, cli)).filter(
    ([name, { hidden, multiple }]) => !hidden && (multiple || !given.has(name)),
  );
  // those of the command first; all commands have the others
  const own = flags.filter(([name]) => !(name in cli.globalFlags));
  const words = [...own, ...flags.filter(flag => !own.includes(flag))];
  return { words: words.map(([name, { summary }]) => ({ word: `--${name}`, about: summary })) };
}

/** The next words of commands that begin with `id`. */
function commandsBelow(id: string, { commands, topics }: CliSpec): Candidate[] {
  const prefix = id === '' ? '' : `${id}:`;
  const found = new Map<string, Candidate>();
  for (const { id: other, summary, hidden } of commands) {
    if (hidden || !other.startsWith(prefix) || other === id) continue;
    const [word = '', ...more] = other.slice(prefix.length).split(':');
    const topic = topics.find(({ name }) => name === prefix + word);
    if (more.length === 0 || !found.has(word))
      found.set(word, { word, about: more.length ? topic?.description : summary });
  }
  return [...found.values()].sort((a, b) => (a.word < b.word ? -1 : 1));
}

function wordsOf(current: string, { id, words: taken }: Settled, cli: CliSpec): Completion {
  const words = WORDS[id];
  if (words === undefined) return NOTHING;
  const [first] = taken;
  if (current.startsWith('@') && TAKES_LATEST.has(id)) return choice([LATEST]);
  if (words === 'commands') return { words: commandsBelow(taken.join(':'), cli) };
  if (words === 'artifacts' && first !== undefined) return names({ artifactsOf: first }, taken.slice(1));
  if (words === 'run' || words === 'artifacts') return first === undefined ? names('runs', taken) : NOTHING;
  if (words === 'runtime') return first === undefined ? names('runtimes', taken) : NOTHING;
  if (words !== 'targets')
    return typeof words === 'string' ? names(words, taken) : choice(taken.length > 0 ? [] : words);
  if (current.startsWith('runtime/')) return names('runtimes', taken, 'runtime/');
  if (current.startsWith('run/')) return names('runs', taken, 'run/');
  if (first !== undefined && /^(runtimes?|rt)$/.test(first)) return names('runtimes', taken);
  return names('runs', taken);
}

const names = (source: Source, taken: readonly string[], prefix = ''): Completion => ({
  words: [],
  live: { source, prefix },
  taken,
});

function choice(words: readonly string[]): Completion {
  return { words: words.map(word => ({ word })) };
}
