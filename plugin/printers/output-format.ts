import { readFile } from 'node:fs/promises';
import { OUTPUT_KEY } from '../../crds/v1alpha1/names.ts';
import { usageError } from '../errors.ts';
import { JsonPathError, parseRelaxedPath, parseTemplate, type Template } from '../jsonpath/index.ts';
import { suggest } from '../suggest.ts';

/** Formats of `-o` that stand alone. */
const PLAIN = ['table', 'wide', 'name', 'json', 'yaml', 'outputs'] as const;
/** Formats that take a template, a file with one, or the name of an output behind `=`. */
const WITH_TEMPLATE = [
  'jsonpath',
  'jsonpath-file',
  'jsonpath-as-json',
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'output',
] as const;

/** Other names that kubectl has for templates of Go. */
const ALIASES: Readonly<Record<string, string>> = { template: 'go-template', templatefile: 'go-template-file' };

/** A column of `-o custom-columns`. */
export interface CustomColumn {
  readonly title: string;
  readonly template: Template;
}

/** How objects are printed; templates are parsed already. */
export type OutputFormat =
  | { readonly name: (typeof PLAIN)[number] }
  | { readonly name: 'jsonpath' | 'jsonpath-as-json'; readonly template: Template }
  | { readonly name: 'go-template'; readonly template: string }
  | { readonly name: 'custom-columns'; readonly columns: readonly CustomColumn[] }
  | { readonly name: 'output'; readonly key: string };

/** What a command without `-o` prints. */
export const TABLE: OutputFormat = { name: 'table' };

/** Whether `format` shows outputs: of one Run, once it has ended. */
export function showsOutputs(format: OutputFormat | undefined): boolean {
  return format?.name === 'outputs' || format?.name === 'output';
}

/** Whether `text` can be the name of an output, and is neither a format nor near one. */
export function namesOutput(text: string): boolean {
  const all: readonly string[] = [...PLAIN, ...WITH_TEMPLATE, ...Object.keys(ALIASES)];
  return OUTPUT_KEY.test(text) && !all.includes(text) && !suggest(text, all);
}

/** Reads the value of `-o`; throws a usage error where it is no format, or its template is none. */
export async function parseOutputFormat(text: string): Promise<OutputFormat> {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  const value = split < 0 ? '' : text.slice(split + 1);
  const plain = PLAIN.find(format => format === name);
  if (plain && split < 0) return { name: plain };
  const templated = WITH_TEMPLATE.find(format => format === (ALIASES[name] ?? name));
  if (!templated) throw noSuchFormat(text, name);
  const needs = templated === 'output' ? 'the name of an output' : 'a template';
  if (!value) throw usageError(`-o ${name} needs ${needs} behind =`, exampleOf(templated));
  try {
    switch (templated) {
      case 'output':
        return { name: 'output', key: value };
      case 'custom-columns':
        return { name: 'custom-columns', columns: parseColumns(value) };
      case 'custom-columns-file':
        return { name: 'custom-columns', columns: parseColumnsFile(await readTemplate(value)) };
      case 'go-template':
        return { name: 'go-template', template: value };
      case 'go-template-file':
        return { name: 'go-template', template: await readTemplate(value) };
      case 'jsonpath-file':
        return { name: 'jsonpath', template: parseTemplate(await readTemplate(value)) };
      default:
        return { name: templated, template: parseTemplate(value) };
    }
  } catch (error) {
    if (error instanceof JsonPathError) throw usageError(`-o ${name}: ${error.message}`, exampleOf(templated));
    throw error;
  }
}

function parseColumns(text: string): CustomColumn[] {
  return text.split(',').map(part => {
    const split = part.indexOf(':');
    if (split <= 0 || split === part.length - 1) {
      throw usageError(`-o custom-columns: "${part}" is not HEADER:PATH`, exampleOf('custom-columns'));
    }
    return { title: part.slice(0, split), template: parseRelaxedPath(part.slice(split + 1)) };
  });
}

/** Headers on the first line, their paths below them on the second. */
function parseColumnsFile(text: string): CustomColumn[] {
  const [titles, paths] = text.split(/\r?\n/).map(line => line.trim().split(/\s+/));
  if (!titles?.[0] || !paths?.[0] || titles.length !== paths.length) {
    throw usageError('-o custom-columns-file: the file needs a line of headers and a line of as many paths');
  }
  return titles.map((title, i) => ({ title, template: parseRelaxedPath(paths[i]!) }));
}

async function readTemplate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`-o: cannot read ${path}: ${(error as Error).message}`);
  }
}

function noSuchFormat(text: string, name: string): Error {
  const what = `-o: there is no output format "${text}"`;
  const all = [...PLAIN, ...WITH_TEMPLATE];
  const near = suggest(name, all);
  return usageError(what, near ? `did you mean ${near}?` : `formats are ${all.join(', ')}`);
}

function exampleOf(name: (typeof WITH_TEMPLATE)[number]): string {
  if (name.endsWith('-file')) return `such as -o ${name}=template.txt`;
  if (name === 'go-template') return "such as -o go-template='{{.status.exitCode}}'";
  if (name === 'output') return 'such as -o output=result';
  if (name === 'custom-columns') return 'such as -o custom-columns=NAME:.metadata.name,EXIT:.status.exitCode';
  return `such as -o ${name}='{.status.exitCode}'`;
}
