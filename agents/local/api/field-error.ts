/** The reasons of metav1's field errors, as they stand in `details.causes`. */
export type FieldErrorType =
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound';

/** What is wrong with one field; `shown` is the value as it stands in the text, `field` `<nil>` for the root. */
export interface FieldError {
  type: FieldErrorType;
  field: string;
  shown?: string;
  detail?: string;
}

/** Field of the root, as the real server writes it. */
export const ROOT_FIELD = '<nil>';

const HEADS: Record<FieldErrorType, string> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueRequired: 'Required value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotFound: 'Not found',
};

/** `Invalid value: "x": detail`; the parts that are absent are left out. */
export function fieldErrorMessage({ type, shown, detail }: FieldError): string {
  return [HEADS[type], shown, detail].filter(part => part !== undefined && part !== '').join(': ');
}

/** An Invalid value; `value` is shown as JSON. */
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  shown: JSON.stringify(value),
  detail,
});
/** A Required value. */
export const requiredValue = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  detail,
});
/** An Unsupported value, with those that are. */
export const unsupportedValue = (field: string, value: unknown, supported: readonly unknown[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  shown: JSON.stringify(value),
  detail: `supported values: ${supported.map(each => JSON.stringify(each)).join(', ')}`,
});
/** A Duplicate value. */
export const duplicateValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  shown: JSON.stringify(value),
});
/** A Forbidden field. */
export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  detail,
});
/** Something that `field` names and that is not there. */
export const missingReference = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  shown: JSON.stringify(value),
});

/** `path.name`, or `name` at the root. */
export const child = (path: string, name: string): string => (path ? `${path}.${name}` : name);
