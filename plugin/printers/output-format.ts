import { usageError } from '../errors.ts';
import { suggest } from '../suggest.ts';

/** Formats of `-o` that stand alone. */
const PLAIN = ['table', 'wide', 'name', 'json', 'yaml'] as const;
/** Formats that take a template or a file behind `=`. */
const WITH_TEMPLATE = ['jsonpath', 'jsonpath-file', 'custom-columns', 'custom-columns-file'] as const;

/** How objects are printed; `template` is the text behind `=`. */
export type OutputFormat =
  | { readonly name: (typeof PLAIN)[number] }
  | { readonly name: (typeof WITH_TEMPLATE)[number]; readonly template: string };

/** Reads the value of `-o`; throws a usage error where it is no format. */
export function parseOutputFormat(text: string): OutputFormat {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  const plain = PLAIN.find(format => format === name);
  if (plain && split < 0) return { name: plain };
  const templated = WITH_TEMPLATE.find(format => format === name);
  if (templated) {
    const template = split < 0 ? '' : text.slice(split + 1);
    if (!template) throw usageError(`-o ${name} needs a template behind =`, exampleOf(templated));
    return { name: templated, template };
  }
  const all = [...PLAIN, ...WITH_TEMPLATE];
  const near = suggest(name, all);
  throw usageError(
    `-o: there is no output format "${text}"`,
    near ? `did you mean ${near}?` : `formats are ${all.join(', ')}`,
  );
}

function exampleOf(name: (typeof WITH_TEMPLATE)[number]): string {
  if (name === 'jsonpath') return "such as -o jsonpath='{.status.exitCode}'";
  if (name === 'custom-columns') return 'such as -o custom-columns=NAME:.metadata.name,EXIT:.status.exitCode';
  return `such as -o ${name}=template.txt`;
}
