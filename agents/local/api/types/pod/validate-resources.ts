import { type FieldError, invalidValue } from '../../field-error.ts';
import { isObject, type JsonObject } from '../../object.ts';
import { parseQuantity } from '../quantity.ts';

/** Adds what is wrong with the requests and limits at `at`. */
export function validateResources(resources: JsonObject, at: string, errors: FieldError[]): void {
  const limits = isObject(resources['limits']) ? resources['limits'] : {};
  const requests = isObject(resources['requests']) ? resources['requests'] : {};
  for (const [list, values] of Object.entries({ limits, requests })) {
    for (const [name, value] of Object.entries(values)) {
      if (amount(value) < 0n)
        errors.push(invalidValue(`${at}.${list}[${name}]`, value, 'must be greater than or equal to 0'));
    }
  }
  for (const [name, value] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit === undefined || amount(value) <= amount(limit)) continue;
    const why = `must be less than or equal to ${name} limit of ${limit}`;
    errors.push(invalidValue(`${at}.requests`, value, why));
  }
}

const amount = (value: unknown) => parseQuantity(String(value)) ?? 0n;
