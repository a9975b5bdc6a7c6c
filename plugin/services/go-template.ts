import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { usageError } from '../errors.ts';

/** What rendering needs. */
export interface TemplateDeps {
  /** For the PATH to find kubectl in. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Go templates may hold definitions at their top alone, where ours is in the way. */
const DEFINITION = /\{\{-?\s*(define|block)\b/;

/**
 * `data` by a template of Go, as `kubectl get -o go-template` has it. kubectl does it, and asks no server: `data` goes to
 * it as an extension of a kubeconfig, which it hands on as it is, and the template is made to look at that alone.
 */
export async function renderGoTemplate(template: string, data: unknown, deps: TemplateDeps): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'krt-template-'));
  try {
    const file = join(dir, 'data.json');
    const extensions = [{ name: 'krt', extension: data }];
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', extensions }), { mode: 0o600 });
    return await render(template, file, deps);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Throws a usage error where kubectl is missing, or can't read the template: to be told before anything is made. */
export async function checkGoTemplate(template: string, deps: TemplateDeps): Promise<void> {
  await renderGoTemplate(`{{if false}}${template}{{end}}`, {}, deps);
}

async function render(template: string, file: string, { env, signal }: TemplateDeps): Promise<string> {
  if (DEFINITION.test(template)) {
    throw usageError('-o go-template: krt takes no define or block', 'kubectl does: kubectl get runs -o go-template=…');
  }
  const whole = `{{define "krt"}}${template}{{end}}{{template "krt" (index .extensions 0).extension}}`;
  const args = ['config', 'view', '--raw', `--kubeconfig=${file}`, '--output=go-template', `--template=${whole}`];
  try {
    const { stdout } = await promisify(execFile)('kubectl', args, { env, signal, maxBuffer: Number.POSITIVE_INFINITY });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error as NodeJS.ErrnoException & { stderr?: string });
  }
}

function explain({ code, message, stderr = '' }: NodeJS.ErrnoException & { stderr?: string }): Error {
  if (code === 'ENOENT') {
    return usageError(
      '-o go-template needs kubectl, which is not in the PATH',
      "-o jsonpath='{.status.exitCode}' needs nothing but krt",
    );
  }
  // all that stands before is the template, with what we put around it
  const [, why = stderr.trim() || message] = /template: output:[\d:]+ (?:executing "krt" )?([^\n]+)/.exec(stderr) ?? [];
  return usageError(`-o go-template: ${why}`, "such as -o go-template='{{.status.exitCode}}'");
}
