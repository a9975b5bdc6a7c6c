import { boolean, custom, integer } from '@oclif/core/flags';
import { outputFlag, repeated } from './flags.ts';
import type { Template } from './jsonpath/index.ts';
import { parseSortKey } from './printers/sort.ts';

/** How a table or its like is printed. */
export const tableFlags = {
  output: outputFlag(),
  watch: boolean({ char: 'w', summary: 'go on with each change, until Ctrl-C' }),
  'watch-only': boolean({ summary: 'the same, without what is there already' }),
  'sort-by': custom<Template>({
    summary: 'order by what is at this path, such as .status.exitCode',
    helpValue: '<path>',
    parse: async text => parseSortKey(text),
  })(),
  'show-labels': boolean({ summary: 'all labels in a last column' }),
  'label-columns': repeated({
    char: 'L',
    delimiter: ',',
    summary: 'a column for this label (repeatable)',
    helpValue: '<key>',
  }),
  'no-headers': boolean({ summary: 'no line of headers' }),
  'ignore-not-found': boolean({ summary: 'names that are not there are no error' }),
  'show-managed-fields': boolean({ summary: 'metadata.managedFields too, in JSON and YAML' }),
  'chunk-size': integer({
    summary: 'ask for so many at a time; 0: for all at once; default 500',
    helpValue: '<n>',
    default: 500,
    min: 0,
  }),
};
