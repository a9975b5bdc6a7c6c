/** `value` as the formats of `-o` that need no object of Kubernetes; the printer is loaded when it is asked for. */
export async function dataText(value: unknown, format: 'json' | 'yaml'): Promise<string> {
  const { jsonText, yamlText } = await import('../printers/data.ts');
  return format === 'json' ? jsonText(value) : yamlText(value);
}
