import { expect } from 'chai';
import { ApiError } from '../../../crds/client/index.ts';

/** The refusal that `call` ends in; fails where the server took it. */
export async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  return expect.fail('the server took what it must refuse');
}
