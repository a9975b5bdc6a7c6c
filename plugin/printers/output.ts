import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import { evaluate, render, sprint } from '../jsonpath/index.ts';
import { sanitise } from '../terminal/sanitise.ts';
import { asUsage } from './as-usage.ts';
import type { Kind } from './column.ts';
import { jsonText, listOf, yamlText } from './data.ts';
import type { CustomColumn, OutputFormat } from './output-format.ts';
import { outputsText, outputText } from './outputs.ts';
import { rowsOf, type TableOptions } from './rows.ts';
import { plain, tableText } from './table.ts';

/** What decides how objects are printed. */
export interface PrintOptions extends TableOptions {
  readonly format: OutputFormat;
  /** Whether the text goes to a terminal, which obeys control characters. */
  readonly isTTY: boolean;
  /** Whether JSON and YAML have metadata.managedFields. */
  readonly showManagedFields?: boolean;
}

/** One object, as after a `get` of one name or a write. */
export function printObject<T extends KubeObject>(object: T, kind: Kind<T>, options: PrintOptions): string {
  return print([object], object, kind, options);
}

/** Objects, as a list. */
export function printObjects<T extends KubeObject>(
  objects: readonly T[],
  kind: Kind<T>,
  options: PrintOptions,
): string {
  return print(objects, listOf(objects), kind, options);
}

function print<T extends KubeObject>(items: readonly T[], data: object, kind: Kind<T>, options: PrintOptions): string {
  const { format } = options;
  const raw = (text: string) => (options.isTTY ? sanitise(text) : text);
  switch (format.name) {
    case 'json':
      return raw(jsonText(data, options.showManagedFields));
    case 'yaml':
      return raw(yamlText(data, options.showManagedFields));
    case 'name':
      return items.map(item => `${kind.name}/${item.metadata.name}\n`).join('');
    case 'outputs':
      return raw(items.map(item => outputsText(kind.outputsOf?.(item) ?? {})).join(''));
    case 'output':
      return raw(items.map(item => outputText(item, kind.outputsOf?.(item) ?? {}, format.key)).join(''));
    case 'jsonpath':
      return raw(asUsage('-o jsonpath', () => render(format.template, data)));
    case 'jsonpath-as-json':
      return raw(jsonText(asUsage('-o jsonpath-as-json', () => evaluate(format.template, data).flat())));
    case 'go-template':
      throw new Error('kubectl alone prints templates of Go');
    case 'custom-columns':
      return customColumnsText(items, format.columns, options.noHeaders ?? false);
    default:
      return tableText(rowsOf(items, kind, { ...options, wide: format.name === 'wide' }), options.widths);
  }
}

function customColumnsText(items: readonly KubeObject[], columns: readonly CustomColumn[], noHeaders: boolean): string {
  const cell = (item: KubeObject, { template }: CustomColumn) => {
    const values = asUsage('-o custom-columns', () => evaluate(template, item).flat());
    return plain(values.length === 0 ? '<none>' : values.map(sprint).join(','));
  };
  const rows = items.map(item => columns.map(column => cell(item, column)));
  return tableText(noHeaders ? rows : [columns.map(({ title }) => plain(title)), ...rows]);
}
