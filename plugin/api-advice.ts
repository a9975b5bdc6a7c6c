import { ApiError, ConnectionError } from '../crds/client/api-error.ts';
import { deniedError, internalError, KrtError, unavailableError, usageError } from './errors.ts';

/**
 * Any failure of the client edge as the error that the user sees; what is not one of ours is returned as it is. What
 * `signal` has ended tells its reason.
 */
export function adviseOn(error: unknown, signal?: AbortSignal): unknown {
  // an aborted request tells the abort's reason or, where Node makes the error, a plain AbortError
  if (signal?.aborted && (error as Partial<Error>)?.name === 'AbortError') return signal.reason;
  if (error instanceof KrtError) return error;
  if (error instanceof ConnectionError) return adviseOnConnection(error);
  if (error instanceof ApiError) return adviseOnAnswer(error);
  return error;
}

function adviseOnConnection(error: ConnectionError): KrtError {
  const why = /certificate|CERT|self.signed|altname/i.test(`${error.code} ${error.message}`);
  if (why) {
    return unavailableError(
      error.message,
      'check certificate-authority of the cluster in the kubeconfig, or --tls-server-name',
      error,
    );
  }
  return unavailableError(
    `cannot reach the API server: ${error.message}`,
    'check --context and --kubeconfig; without a cluster, start one here with: krt local up',
    error,
  );
}

function adviseOnAnswer(error: ApiError): KrtError {
  const { status, reason, message } = error;
  if (status === 401) {
    return deniedError(
      'the API server does not accept these credentials (401)',
      'log in again, or choose another --context',
      error,
    );
  }
  if (status === 403) return deniedError(message, 'ask for this permission: see kubectl auth can-i --list', error);
  if (status === 404) return adviseOnMissing(error);
  if (status === 409 && reason === 'AlreadyExists') {
    return usageError(message, 'choose another --name, or use --generate-name', 'AlreadyExists');
  }
  if (status === 400 || status === 422 || status === 413) return usageError(message, undefined, 'Invalid');
  if (status === 409) return internalError(message, 'the object changed meanwhile: try again', error);
  if (status === 429 || status === 503 || status === 504) {
    return unavailableError(message, 'the API server is overloaded or starting: try again', error);
  }
  return internalError(`the API server failed (${status}): ${message}`, undefined, error);
}

/** Where to see which objects of a kind there are, such as `runs.kruntimes.io`; undefined for what is not krt's. */
export function whereToLook(plural: string): string | undefined {
  if (plural === 'runs.kruntimes.io') return 'see which there are: krt list, or krt list -A';
  return plural === 'runtimes.kruntimes.io'
    ? 'see which there are: krt runtime list, or krt runtime list -A'
    : undefined;
}

function adviseOnMissing(error: ApiError): KrtError {
  // an object that is missing is named in details; a kind that is missing is not
  const { name, kind, group } = error.body.details ?? {};
  if (name) return usageError(error.message, whereToLook(`${kind}.${group}`), 'NotFound');
  return usageError(
    'this cluster does not serve kruntimes.io/v1alpha1',
    'krt is not installed there; to install it: krt install',
    'NotInstalled',
  );
}
