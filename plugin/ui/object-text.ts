import type { KubeObject } from '../../crds/v1alpha1/meta.ts';
import type { Context } from '../context.ts';
import type { Kind } from '../printers/column.ts';
import { listOf } from '../printers/data.ts';
import { type PrintOptions, printObject, printObjects } from '../printers/output.ts';
import { sanitise } from '../terminal/sanitise.ts';

/** One object in any format of `-o`; templates of Go are kubectl's work. */
export async function objectText<T extends KubeObject>(
  context: Context,
  object: T,
  kind: Kind<T>,
  options: PrintOptions,
): Promise<string> {
  const { format } = options;
  return format.name === 'go-template'
    ? byTemplate(context, format.template, object)
    : printObject(object, kind, options);
}

/** Objects in any format of `-o`, as a list. */
export async function objectsText<T extends KubeObject>(
  context: Context,
  objects: readonly T[],
  kind: Kind<T>,
  options: PrintOptions,
): Promise<string> {
  const { format } = options;
  return format.name === 'go-template'
    ? byTemplate(context, format.template, listOf(objects))
    : printObjects(objects, kind, options);
}

async function byTemplate({ stdout, env, signal }: Context, template: string, data: object): Promise<string> {
  const { renderGoTemplate } = await import('../services/go-template.ts');
  const text = await renderGoTemplate(template, data, { env, signal });
  return stdout.isTTY ? sanitise(text) : text;
}
