import { age } from '../../../../crds/v1alpha1/age.ts';
import { isObject } from '../object.ts';
import type { TableSource } from '../types/resource-type.ts';
import { compileJsonPath } from './json-path.ts';
import { AGE_COLUMN, NAME_COLUMN, type TableColumn } from './table.ts';

/** One additionalPrinterColumn of a CRD version. */
export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

const AGE: PrinterColumn = { ...AGE_COLUMN, type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The table of a custom resource: Name, then its columns, or Age where it has none. */
export function customTable(printerColumns: readonly PrinterColumn[] = []): TableSource {
  const shown = printerColumns.length > 0 ? printerColumns : [AGE];
  const cells = shown.map(column => ({ get: compileJsonPath(column.jsonPath), type: column.type }));
  return {
    columns: [NAME_COLUMN, ...shown.map(describe)],
    cells: (object, now) => [
      object.metadata.name,
      ...cells.map(({ get, type }) => {
        const [first] = get(object);
        return first === undefined ? null : cell(first, type, now);
      }),
    ],
  };
}

function describe({ jsonPath, description, ...column }: PrinterColumn): TableColumn {
  return {
    ...column,
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
  };
}

function cell(value: unknown, type: string, now: number): unknown {
  switch (type) {
    case 'date':
      return age(value, now);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  }
}
