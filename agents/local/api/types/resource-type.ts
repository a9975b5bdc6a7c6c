import type { FieldError } from '../field-error.ts';
import type { NameRule } from '../metadata.ts';
import type { ApiObject } from '../object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import type { SelectableFields } from '../selectors/fields.ts';
import type { TableColumn } from '../tables/table.ts';

/** Where the scale subresource of a type finds its numbers, as paths of names. */
export interface ScalePaths {
  specReplicas: readonly string[];
  statusReplicas: readonly string[];
  selector: readonly string[] | undefined;
}

/** How the rows of a type's table are made. */
export interface TableSource {
  readonly columns: readonly TableColumn[];
  /** Cells in the order of `columns`; `now` is Unix milliseconds. */
  cells(object: ApiObject, now: number): unknown[];
}

/** One kind of object as this server serves it: built-in, or from a CustomResourceDefinition. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Objects are kept under this key; versions of one resource share it. */
  readonly storageKey: string;
  readonly isCustom: boolean;
  readonly nameRule: NameRule;
  readonly hasStatus: boolean;
  /** Whether metadata.generation counts changes of the spec. */
  readonly hasGeneration: boolean;
  readonly scale: ScalePaths | undefined;
  readonly hasLog: boolean;
  readonly fields: SelectableFields;
  readonly table: TableSource | undefined;
  /** For openapi and explain. */
  readonly schema: JsonSchema;
  /**
   * Turns what a client sent into the stored form, in place: drops unknown fields and tells their paths, in order.
   * Throws a DecodeError where it can't be read.
   */
  decode(object: ApiObject): string[];
  /** Fills in defaults, in place; `old` is undefined on create. */
  setDefaults(object: ApiObject, old: ApiObject | undefined): void;
  /**
   * What is wrong with the object, beside its metadata; `statusOnly` for writes of the status subresource, `found` is
   * what is known to be wrong already.
   */
  validate(
    object: ApiObject,
    old: ApiObject | undefined,
    statusOnly: boolean,
    found: readonly FieldError[],
  ): FieldError[];
}

/** `group/version`, or `version` in the core group. */
export const groupVersion = ({ group, version }: Pick<ResourceType, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;

/** The type's plural with its group, as error texts name it. */
export const resourceName = ({ group, plural }: ResourceType) => ({ group, name: plural });

/** The type's kind with its group, as texts on invalid objects name it. */
export const kindName = ({ group, kind }: ResourceType) => ({ group, name: kind });

/** All verbs, in the order in which discovery tells them. */
export const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
