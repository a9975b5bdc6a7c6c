import { code, GENERATED, table } from './markdown.ts';
import { rulesOf, type Schema, typeOf } from './schema-rules.ts';

/** As much of a CRD as the reference tells of. */
export interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Every field of krt's resources, with what the API server holds it to. */
export function resourcesPage(crds: readonly Crd[]): string {
  const intro = `${GENERATED}# Resources

What the API server takes and keeps, from the CRDs; \`kubectl explain run.spec\` tells the same. A spec that breaks a rule
is refused with the path of the field.
`;
  return [intro, ...crds.map(crdSection)].join('\n');
}

function crdSection({ spec }: Crd): string {
  const { kind, plural, shortNames = [] } = spec.names;
  const [version] = spec.versions;
  const { description = '', properties = {}, ...schema } = version!.schema.openAPIV3Schema;
  const names = [plural, ...shortNames].map(code).join(', ');
  const parts = ['spec', 'status'].map(part => {
    const rows = fieldRows(properties[part] ?? {}, part, false).filter(([path]) => path !== code(part));
    const rules = rulesOf(properties[part] ?? {});
    return `### ${kind}.${part}\n\n${listOf(rules)}${table(['field', 'type', 'rules', 'meaning'], rows)}`;
  });
  const head = `## ${kind}\n\n${description} \`${version!.name}\`; kubectl knows it as ${names}.\n\n${listOf(rulesOf(schema))}`;
  return [head.trimEnd(), ...parts].map(part => `${part.trimEnd()}\n`).join('\n');
}

/** A row for the field and one for each below it; `[]` stands for each element of a list. */
function fieldRows(schema: Schema, path: string, isRequired: boolean): string[][] {
  const rules = [...(isRequired ? ['required'] : []), ...rulesOf(schema)];
  const inner = schema.items?.properties ? { of: schema.items, path: `${path}[]` } : { of: schema, path };
  const below = Object.entries(inner.of.properties ?? {}).flatMap(([name, field]) =>
    fieldRows(field, `${inner.path}.${name}`, inner.of.required?.includes(name) ?? false),
  );
  return [[code(path), typeOf(schema), rules.join('; '), schema.description ?? ''], ...below];
}

const listOf = (rules: readonly string[]) =>
  rules.length === 0 ? '' : `${rules.map(rule => `- ${rule}\n`).join('')}\n`;
