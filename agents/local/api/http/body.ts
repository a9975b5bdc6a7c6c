import { parseDocument } from 'yaml';
import { badRequest, unsupportedMediaType } from '../status-error.ts';
import { duplicateFields } from './duplicates.ts';

/** Media types of the bodies that are read. */
export const ACCEPTED_BODIES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** A request's body as a value, and the paths of the fields that stand in it twice. */
export interface ParsedBody {
  readonly value: unknown;
  duplicates(): string[];
}

/** The media type of a Content-Type header, without parameters; JSON where there is none. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]!.trim().toLowerCase() || 'application/json';
}

/** Reads a JSON or YAML body that should be a `kind`. Throws 400 or 415. */
export function parseBody(text: string, contentType: string | undefined, kind: string): ParsedBody {
  const type = mediaType(contentType);
  if (type === 'application/json') return parseJson(text, kind);
  if (type === 'application/yaml' || type === 'text/yaml') return parseYaml(text, kind);
  throw unsupportedMediaType(ACCEPTED_BODIES);
}

function parseJson(text: string, kind: string): ParsedBody {
  try {
    const value: unknown = JSON.parse(text);
    return { value, duplicates: () => duplicateFields(text) };
  } catch (error) {
    const problem = `couldn't get version/kind; json parse error: ${jsonProblem(error)}`;
    throw unrecognized(kind, problem, text === '' ? '<empty>' : text);
  }
}

function parseYaml(text: string, kind: string): ParsedBody {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    throw unrecognized(kind, `yaml: line ${line}: ${error.message.split('\n', 1)[0]}`, text);
  }
  const value: unknown = document.toJS();
  const twice = parseDocument(text).errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  return { value, duplicates: () => twice.map(({ message }) => message.split('\n', 1)[0]!) };
}

/** 400 of a body that is no object of the wanted kind; a long body is cut. */
export function unrecognized(kind: string, problem: string, text: string) {
  const shown = text.length > 100 ? `${text.slice(0, 100)} [truncated ${text.length - 100} chars]` : text;
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${shown})`);
}

function jsonProblem(error: unknown): string {
  const { message } = error as Error;
  if (/end of JSON|end of data|Unterminated/i.test(message)) return 'unexpected end of JSON input';
  const token = /Unexpected token '?(.)'?/u.exec(message)?.[1];
  return token ? `invalid character '${token}' looking for beginning of value` : message;
}
