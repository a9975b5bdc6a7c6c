import { type FieldError, invalidValue, requiredValue } from '../../field-error.ts';
import { isObject, type JsonObject } from '../../object.ts';
import { portNameProblems } from './validate-ports.ts';

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

/** Adds what is wrong with the probes of the container at `at`. */
export function validateProbes(container: JsonObject, at: string, errors: FieldError[]): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    const field = `${at}.${name}`;
    validateHandler(probe, field, errors);
    for (const number of NUMBERS) {
      const value = probe[number];
      if (typeof value === 'number' && value < 0)
        errors.push(invalidValue(`${field}.${number}`, value, 'must be greater than or equal to 0'));
    }
    const successes = probe['successThreshold'];
    if (name !== 'readinessProbe' && typeof successes === 'number' && successes !== 1)
      errors.push(invalidValue(`${field}.successThreshold`, successes, 'must be 1'));
  }
}

/** Adds what is wrong with the lifecycle handlers of the container at `at`. */
export function validateLifecycle(container: JsonObject, at: string, errors: FieldError[]): void {
  const lifecycle = container['lifecycle'];
  if (!isObject(lifecycle)) return;
  for (const name of ['postStart', 'preStop']) {
    const handler = lifecycle[name];
    if (isObject(handler)) validateHandler(handler, `${at}.lifecycle.${name}`, errors);
  }
}

function validateHandler(handler: JsonObject, field: string, errors: FieldError[]): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (![exec, httpGet, tcpSocket, grpc, sleep].some(isObject))
    errors.push(requiredValue(field, 'must specify a handler type'));
  if (isObject(exec) && !(exec['command'] as unknown[] | undefined)?.length)
    errors.push(requiredValue(`${field}.exec.command`));
  if (isObject(httpGet)) validatePort(httpGet['port'], `${field}.httpGet.port`, errors);
  if (isObject(tcpSocket)) validatePort(tcpSocket['port'], `${field}.tcpSocket.port`, errors);
  if (isObject(grpc)) validatePort(grpc['port'], `${field}.grpc.port`, errors);
}

function validatePort(port: unknown, field: string, errors: FieldError[]): void {
  if (typeof port === 'string')
    for (const problem of portNameProblems(port)) errors.push(invalidValue(field, port, problem));
  else if (!(Number(port ?? 0) >= 1 && Number(port) <= 65_535))
    errors.push(invalidValue(field, port ?? 0, 'must be between 1 and 65535, inclusive'));
}
