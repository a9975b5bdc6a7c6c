/** A flag, as far as completion looks at it. */
export interface FlagSpec {
  readonly type: string;
  readonly char?: string | undefined;
  readonly summary?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly multiple?: boolean | undefined;
  readonly hidden?: boolean | undefined;
}

/** A command, as far as completion looks at it; `id` has colons between its words. */
export interface CommandSpec {
  readonly id: string;
  readonly hidden?: boolean | undefined;
  readonly summary?: string | undefined;
  readonly flags: Readonly<Record<string, FlagSpec>>;
}

/** All words that krt has of its own. */
export interface CliSpec {
  readonly commands: readonly CommandSpec[];
  readonly topics: readonly { readonly name: string; readonly description?: string | undefined }[];
  /** Flags of all commands. */
  readonly globalFlags: Readonly<Record<string, FlagSpec>>;
}

/** What the words before the one that is being typed have settled. */
export interface Settled {
  /** The command or topic so far; empty where there is none yet. */
  readonly id: string;
  readonly command: CommandSpec | undefined;
  /** Words that are neither of the command's name nor flags. */
  readonly words: readonly string[];
  /** Names of flags that were given. */
  readonly given: ReadonlySet<string>;
  /** The flag whose value comes next. */
  readonly awaiting: string | undefined;
  /** Whether what follows is the program's own. */
  readonly isProgram: boolean;
  /** The flags of all commands among them, complete with their values. */
  readonly globals: readonly string[];
}

/** Reads the words before the one that is being typed, as `cli` would understand them. */
export function readWords(typed: readonly string[], cli: CliSpec): Settled {
  const end = typed.indexOf('--');
  const given = new Set<string>();
  const words: string[] = [];
  const globals: string[] = [];
  let id = '';
  let awaiting: string | undefined;
  for (const word of end < 0 ? typed : typed.slice(0, end)) {
    const command = commandOf(id, cli);
    if (awaiting !== undefined) {
      if (awaiting in cli.globalFlags) globals.push(`--${awaiting}`, word);
      awaiting = undefined;
    } else if (word.startsWith('-')) {
      const name = flagOf(word, command, cli);
      if (name === undefined) continue;
      given.add(name);
      const takesValue = flagsOf(command, cli)[name]?.type === 'option' && isWhole(word);
      if (takesValue) awaiting = name;
      else if (name in cli.globalFlags) globals.push(word);
    } else {
      const longer = id === '' ? word : `${id}:${word}`;
      const isName = words.length === 0 && (commandOf(longer, cli) || cli.topics.some(({ name }) => name === longer));
      if (isName) id = longer;
      else words.push(word);
    }
  }
  return { id, command: commandOf(id, cli), words, given, awaiting, isProgram: end >= 0, globals };
}

/** The flags of a command, with those that all have. */
export function flagsOf(command: CommandSpec | undefined, cli: CliSpec): Readonly<Record<string, FlagSpec>> {
  return { ...cli.globalFlags, ...command?.flags };
}

/** The name of the flag that `word` gives, in any of its forms: `--output`, `--output=`, `-o`, `-ojson`. */
export function flagOf(word: string, command: CommandSpec | undefined, cli: CliSpec): string | undefined {
  const flags = flagsOf(command, cli);
  if (!word.startsWith('--')) return Object.keys(flags).find(name => flags[name]?.char === word[1]);
  const [name = ''] = word.slice(2).split('=');
  return name in flags ? name : undefined;
}

const commandOf = (id: string, { commands }: CliSpec) => commands.find(command => command.id === id);
/** Whether a flag stands alone, so that its value is the next word. */
const isWhole = (word: string) => (word.startsWith('--') ? !word.includes('=') : word.length === 2);
