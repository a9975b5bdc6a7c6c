import { usageError } from '../errors.ts';
import { JsonPathError } from '../jsonpath/index.ts';

/** What `act` returns; a template that can't be read, or does not fit the object, is the user's to mend. */
export function asUsage<R>(what: string, act: () => R, hint?: string): R {
  try {
    return act();
  } catch (error) {
    if (error instanceof JsonPathError) throw usageError(`${what}: ${error.message}`, hint);
    throw error;
  }
}
