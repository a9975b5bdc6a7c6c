import { duplicateValue, type FieldError, invalidValue, requiredValue, unsupportedValue } from '../../field-error.ts';
import { type JsonObject, objectsIn } from '../../object.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Adds what is wrong with the ports of a container, which stand at `at`. */
export function validatePorts(container: JsonObject, at: string, errors: FieldError[]): void {
  const names = new Set<unknown>();
  objectsIn(container['ports']).forEach((port, index) => {
    const field = `${at}[${index}]`;
    const name = port['name'];
    if (typeof name === 'string') {
      const problems = portNameProblems(name);
      if (problems.length === 0 && names.has(name)) errors.push(duplicateValue(`${field}.name`, name));
      for (const problem of problems) errors.push(invalidValue(`${field}.name`, name, problem));
      names.add(name);
    }
    if (!port['containerPort']) errors.push(requiredValue(`${field}.containerPort`));
    else portNumber(port['containerPort'], `${field}.containerPort`, errors);
    if (port['hostPort']) portNumber(port['hostPort'], `${field}.hostPort`, errors);
    if (!PROTOCOLS.includes(String(port['protocol'])))
      errors.push(unsupportedValue(`${field}.protocol`, port['protocol'], PROTOCOLS));
  });
}

function portNumber(value: unknown, field: string, errors: FieldError[]): void {
  if (Number(value) >= 1 && Number(value) <= 65_535) return;
  errors.push(invalidValue(field, value, 'must be between 1 and 65535, inclusive'));
}

/** Why `name` is no name of a port. */
export function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]*$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) problems.push('must not begin or end with a hyphen');
  return problems;
}
