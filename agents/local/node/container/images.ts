import type { Container } from '../../../../crds/v1alpha1/runtime.ts';

/** What stands in for a container image. */
export interface Image {
  /** The image's entrypoint: program and arguments. */
  readonly argv: readonly string[];
  /** Words of a command that name something inside of the image, and what they are on this machine. */
  readonly words: Readonly<Record<string, string>>;
  /** Whether its program ends when its stdin does (told by KRT_EXIT_WITH_STDIN), as ours do. */
  readonly lifeline: boolean;
}

/** Images by repository: any tag of one is the same here. */
export type Images = Readonly<Record<string, Image>>;

/** The image that `reference` names; undefined where this machine has none of that name. */
export function findImage(images: Images, reference: string): Image | undefined {
  const repository = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  return Object.hasOwn(images, repository) ? images[repository] : undefined;
}

/** Why `reference` can not be pulled, and what can. */
export function unknownImage(images: Images, reference: string): string {
  const known = Object.keys(images).sort().join(', ');
  return (
    `image "${reference}" is not known: the embedded default runs Pods as processes and knows only ${known}; ` +
    'other images need a cluster'
  );
}

/** Program and arguments of a container: `command` stands in for the entrypoint, `args` for what follows it. */
export function argvOf(image: Image, { command = [], args = [] }: Pick<Container, 'command' | 'args'>): string[] {
  if (command.length === 0) return [...image.argv, ...args];
  return [...command, ...args].map(word => wordOf(image, word));
}

/** What a word of a command is on this machine. */
export function wordOf({ words }: Image, word: string): string {
  return Object.hasOwn(words, word) ? words[word]! : word;
}
