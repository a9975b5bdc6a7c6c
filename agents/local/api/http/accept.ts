import { StatusError } from '../status-error.ts';
import type { IncludeObject } from '../tables/table.ts';

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
const PLAIN: Rendering = { format: 'json', as: undefined, include: 'Metadata', aggregated: false };

/**
 * The first media type of an Accept header that can be served. Protobuf alone is answered with JSON, which every
 * client reads. Throws a 406 where nothing fits.
 */
export function negotiate(accept: string | undefined, query: URLSearchParams): Rendering {
  const include = (query.get('includeObject') ?? 'Metadata') as IncludeObject;
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
    if (TRANSFORMATIONS.includes(as) && parameters.get('v') !== 'v1beta1')
      return { format, as: as as Rendering['as'], include, aggregated: false };
  }
  throw new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

const FORMATS: Record<string, Rendering['format']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'json',
};
