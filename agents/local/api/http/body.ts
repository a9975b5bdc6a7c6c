import { parseDocument } from 'yaml';
import { PROTOBUF, ProtobufError, readProtobuf } from '../protobuf/read-object.ts';
import { badRequest, type StatusError, unsupportedMediaType } from '../status-error.ts';
import { duplicateFields } from './duplicates.ts';
import { isTooDeep, jsonProblem, summary } from './json-problem.ts';

/** Media types of the bodies that are read. */
export const ACCEPTED_BODIES = ['application/json', 'application/yaml', PROTOBUF];

/** A request's body as a value. */
export interface ParsedBody {
  readonly value: unknown;
  /** A text for each field that stands in the body twice. */
  duplicates(): string[];
}

/** The media type of a Content-Type header, without parameters; JSON where there is none. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]!.trim().toLowerCase() || 'application/json';
}

/** Makes the refusal of a body that can't be read from what is wrong with it. */
export type Refuse = (problem: string) => StatusError;

/** Reads a JSON, YAML or protobuf body. Throws what `refuse` makes of a problem, or a 415. */
export function parseBody(text: string, contentType: string | undefined, refuse: Refuse): ParsedBody {
  const type = mediaType(contentType);
  if (type === 'application/json') return parseJson(text, refuse);
  if (type === 'application/yaml' || type === 'text/yaml') return parseYaml(text, refuse);
  if (type === PROTOBUF) return parseProtobuf(text, refuse);
  throw unsupportedMediaType(ACCEPTED_BODIES);
}

/** A 400 of a body that is no object of the wanted kind. */
export const unrecognized = (kind: string, text: string) => (problem: string) =>
  badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(text)})`);

function parseJson(text: string, refuse: Refuse): ParsedBody {
  if (isTooDeep(text)) throw refuse(noJson(`invalid character '${text[0]}' exceeded max depth`));
  try {
    return { value: readJson(text), duplicates: () => duplicateFields(text) };
  } catch (error) {
    throw refuse(noJson(jsonProblem(text, error)));
  }
}

const noJson = (problem: string) => `couldn't get version/kind; json parse error: ${problem}`;

/** JSON.parse, but half a surrogate pair becomes U+FFFD: nothing else could write it as UTF-8 again. */
export function readJson(text: string): unknown {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}

/** YAML 1.1 as Kubernetes reads it, where `yes` is true; but times and binary data stay texts. */
const YAML = { version: '1.1', schema: 'yaml-1.1', uniqueKeys: false } as const;
const TEXTS = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary']);

function parseYaml(text: string, refuse: Refuse): ParsedBody {
  const customTags: NonNullable<Parameters<typeof parseDocument>[1]>['customTags'] = tags =>
    tags.filter(tag => typeof tag === 'string' || !TEXTS.has(tag.tag));
  const document = parseDocument(text, { ...YAML, customTags });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    throw refuse(`yaml: line ${line}: ${error.message.split(/ at line |\n/, 1)[0]}`);
  }
  return { value: document.toJS(), duplicates: () => yamlDuplicates(text) };
}

function yamlDuplicates(text: string): string[] {
  const twice = parseDocument(text, { ...YAML, uniqueKeys: true }).errors;
  return twice
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ pos, linePos }) => {
      const name = /^["']?([^\s:"']*)/.exec(text.slice(pos[0]))?.[1] ?? '';
      return `line ${linePos?.[0].line ?? 1}: key ${JSON.stringify(name)} already set in map`;
    });
}

/** What is in `text` are bytes: one per character. */
function parseProtobuf(text: string, refuse: Refuse): ParsedBody {
  try {
    return { value: readProtobuf(Buffer.from(text, 'latin1')), duplicates: () => [] };
  } catch (error) {
    if (error instanceof ProtobufError) throw refuse(error.message);
    throw error;
  }
}
