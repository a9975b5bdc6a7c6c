import { badRequest, notAcceptable } from '../status-error.ts';
import type { IncludeObject } from '../tables/table.ts';
import { ACCEPTED_BODIES } from './body.ts';

/** The form in which a client wants objects. */
export interface Rendering {
  readonly format: 'json' | 'yaml';
  /** A transformation of meta.k8s.io; undefined: the objects themselves. */
  readonly as: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined;
  readonly include: IncludeObject;
  /** The aggregated form of discovery. */
  readonly aggregated: boolean;
}

const TRANSFORMATIONS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];
const INCLUDED = ['None', 'Metadata', 'Object'];
const PLAIN: Rendering = { format: 'json', as: undefined, include: 'Metadata', aggregated: false };

/** The first media type of an Accept header that can be served. Throws a 406 where nothing fits. */
export function negotiate(accept: string | undefined, query: URLSearchParams): Rendering {
  const include = (query.get('includeObject') || 'Metadata') as IncludeObject;
  if (!accept || accept === '*/*' || accept === 'application/json') return { ...PLAIN, include };
  for (const clause of accept.split(',')) {
    const [type, ...rest] = clause.split(';').map(part => part.trim());
    const parameters = new Map(rest.map(part => part.split('=', 2) as [string, string]));
    const format = FORMATS[type!.toLowerCase()];
    if (!format) continue;
    const as = parameters.get('as');
    if (as === undefined) return { ...PLAIN, format, include };
    if (parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('v') === 'v2')
      return { ...PLAIN, format, include, aggregated: true };
    if (!TRANSFORMATIONS.includes(as) || parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1')
      continue;
    if (as === 'Table') checkInclude(include);
    return { format, as: as as Rendering['as'], include, aggregated: false };
  }
  throw notAcceptable(ACCEPTED_BODIES.join(', '));
}

function checkInclude(include: string): void {
  if (INCLUDED.includes(include)) return;
  const why = `includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw badRequest(`Unable to convert to Table as requested: ${why}`);
}

const FORMATS: Record<string, Rendering['format']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};
