/**
 * `$(NAME)` becomes the variable's value, `$$` a dollar that starts nothing; a name that is not known stays as it is
 * written. As Kubernetes expands `command`, `args` and the values of `env`.
 */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
    match === '$$' ? '$' : (values.get(name ?? '') ?? match),
  );
}
