import type { ResourceClient, Selection } from '../../crds/client/resource-client.ts';
import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { whereToLook } from '../api-advice.ts';
import type { Cluster, Context } from '../context.ts';
import { usageError } from '../errors.ts';
import type { Template } from '../jsonpath/index.ts';
import type { Kind } from '../printers/column.ts';
import type { PrintOptions } from '../printers/output.ts';
import { type OutputFormat, showsOutputs, TABLE } from '../printers/output-format.ts';
import { sortBy } from '../printers/sort.ts';
import { fetchObjects } from '../services/objects/fetch.ts';
import { watchObjects } from '../services/objects/watch.ts';
import { objectsText, objectText } from './object-text.ts';

/** Which objects to show, and how: the flags of `get` and `list`. */
export interface ShowOptions<T extends KubeObject> extends Selection {
  readonly kind: Kind<T>;
  readonly clientOf: (cluster: Cluster) => ResourceClient<T>;
  readonly names: readonly string[];
  readonly flags: {
    readonly output?: OutputFormat | undefined;
    readonly watch: boolean;
    readonly 'watch-only': boolean;
    readonly 'all-namespaces': boolean;
    readonly 'sort-by'?: Template | undefined;
    readonly 'show-labels': boolean;
    readonly 'label-columns'?: readonly string[] | undefined;
    readonly 'no-headers': boolean;
    readonly 'ignore-not-found': boolean;
    readonly 'show-managed-fields': boolean;
    readonly 'chunk-size': number;
  };
}

/** Shows objects as `kubectl get` does: those with the names, else all of the selection; on and on with --watch. */
export async function showObjects<T extends KubeObject>(
  context: Context,
  options: ShowOptions<T>,
): Promise<readonly T[]> {
  check(options);
  if (showsOutputs(options.flags.output) && !(options.kind.outputsOf && options.names.length === 1)) {
    throw usageError(`-o ${options.flags.output!.name} is about one Run`, 'name one, as in: get NAME -o outputs');
  }
  const cluster = await context.cluster();
  if (options.flags.watch || options.flags['watch-only']) return watchAndPrint(context, cluster, options);
  const { names, kind, flags, labelSelector, fieldSelector } = options;
  const namespace = flags['all-namespaces'] ? undefined : cluster.namespace;
  const { signal } = context;
  const found = await fetchObjects(options.clientOf(cluster), {
    namespace,
    names,
    labelSelector,
    fieldSelector,
    limit: flags['chunk-size'],
    signal,
  });
  const objects = flags['sort-by'] ? sortBy(found.objects, flags['sort-by']) : found.objects;
  const print = printOptionsOf(context, options);
  const isTable = print.format.name === 'table' || print.format.name === 'wide';
  const text =
    names.length === 1 && objects[0]
      ? await objectText(context, objects[0], kind, print)
      : await objectsText(context, objects, kind, print);
  if (objects.length > 0 || (!isTable && names.length === 0)) await context.stdout.write(text);
  else if (names.length === 0 && !flags['ignore-not-found']) await context.stderr.write(nothingIn(namespace));
  if (found.missing.length > 0 && !flags['ignore-not-found']) {
    const messages = found.missing.map(error => error.message);
    throw usageError(messages.join('; '), whereToLook(options.kind.plural), 'NotFound');
  }
  return objects;
}

async function watchAndPrint<T extends KubeObject>(
  context: Context,
  cluster: Cluster,
  options: ShowOptions<T>,
): Promise<readonly T[]> {
  const { kind, flags, names, labelSelector } = options;
  const [name] = names;
  const fieldSelector = name === undefined ? options.fieldSelector : `metadata.name=${name}`;
  const namespace = flags['all-namespaces'] ? undefined : cluster.namespace;
  const { clock, signal } = context;
  let print: PrintOptions = { ...printOptionsOf(context, options), widths: [] };
  let isFirst = true;
  for await (const { objects } of watchObjects(options.clientOf(cluster), {
    namespace,
    labelSelector,
    fieldSelector,
    limit: flags['chunk-size'],
    clock,
    signal,
  })) {
    if (isFirst && name !== undefined && objects.length === 0 && !flags['ignore-not-found']) {
      throw usageError(`${kind.plural} "${name}" not found`, whereToLook(kind.plural), 'NotFound');
    }
    const isSkipped = isFirst && flags['watch-only'];
    const sorted = isFirst && flags['sort-by'] ? sortBy(objects, flags['sort-by']) : objects;
    isFirst = false;
    if (objects.length === 0 || isSkipped) continue;
    print = { ...print, now: clock.now() };
    const text = await changesText(context, sorted, kind, print);
    await context.stdout.write(text);
    print = { ...print, noHeaders: true };
  }
  return [];
}

/** Rows of one table; otherwise one object after another, and documents of YAML apart from each other. */
async function changesText<T extends KubeObject>(
  context: Context,
  objects: readonly T[],
  kind: Kind<T>,
  print: PrintOptions,
): Promise<string> {
  const { format, noHeaders: isLater } = print;
  if (format.name === 'table' || format.name === 'wide') return objectsText(context, objects, kind, print);
  const texts = await Promise.all(objects.map(object => objectText(context, object, kind, print)));
  if (format.name !== 'yaml') return texts.join('');
  return `${isLater ? '---\n' : ''}${texts.join('---\n')}`;
}

type WithoutKind = Omit<ShowOptions<KubeObject>, 'kind' | 'clientOf'>;

function check({ names, labelSelector, fieldSelector, flags }: WithoutKind): void {
  if (names.length === 0) return;
  if (flags['all-namespaces']) throw usageError('a name belongs to one namespace', 'leave out -A, or the name');
  if (labelSelector !== undefined || fieldSelector !== undefined) {
    throw usageError('names and selectors do not go together', 'leave out one of them');
  }
  const watches = flags.watch || flags['watch-only'];
  if (watches && names.length > 1) throw usageError('--watch takes one name, or none for all');
}

function printOptionsOf(context: Context, { flags }: WithoutKind): PrintOptions {
  return {
    format: flags.output ?? TABLE,
    isTTY: context.stdout.isTTY,
    colour: context.stdout.colour,
    now: context.clock.now(),
    withNamespace: flags['all-namespaces'],
    noHeaders: flags['no-headers'],
    showLabels: flags['show-labels'],
    showManagedFields: flags['show-managed-fields'],
    labelColumns: flags['label-columns'] ?? [],
  };
}

const nothingIn = (namespace: string | undefined) =>
  namespace === undefined ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`;
