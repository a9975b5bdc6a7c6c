import { custom as customArg } from '@oclif/core/args';
import { boolean, custom, integer, option, string } from '@oclif/core/flags';
import { parseFieldSelector, parseLabelSelector, parseWait } from './parsers.ts';
import { type OutputFormat, parseOutputFormat } from './printers/output-format.ts';

export * as Args from '@oclif/core/args';
export * as Flags from '@oclif/core/flags';

/** A flag that may be given many times; unlike oclif's `multiple` alone it never takes the words behind its value. */
export const repeated = custom<string>({ multiple: true, multipleNonGreedy: true });

/** A flag of a duration, in milliseconds; plain numbers are seconds, as kubectl has them. */
export const waitFlag = custom<number>({
  helpValue: '<duration>',
  parse: async (text, _context, flag) => parseWait(text, `--${(flag as { name: string }).name}`),
});

/** An optional word of a command; unlike oclif's own it is never read from stdin. */
export const nameArg = customArg<string>({ ignoreStdin: true });

const global = { helpGroup: 'GLOBAL' } as const;

/** kubectl's flags for reaching a cluster: every command has them, and `context.ts` alone reads them. */
export const clusterFlags = {
  kubeconfig: string({ ...global, summary: 'path of the kubeconfig', helpValue: '<file>' }),
  context: string({ ...global, summary: 'name of the context in the kubeconfig', helpValue: '<name>' }),
  cluster: string({ ...global, summary: 'name of the cluster in the kubeconfig', helpValue: '<name>' }),
  user: string({ ...global, summary: 'name of the user in the kubeconfig', helpValue: '<name>' }),
  namespace: string({ ...global, char: 'n', summary: 'namespace of the request', helpValue: '<name>' }),
  server: string({ ...global, char: 's', summary: 'address of the API server', helpValue: '<url>' }),
  token: string({ ...global, summary: 'bearer token for the API server', helpValue: '<token>' }),
  as: string({ ...global, summary: 'act as this user', helpValue: '<user>' }),
  'as-group': repeated({ ...global, summary: 'act as a member of this group (repeatable)', helpValue: '<group>' }),
  'as-uid': string({ ...global, summary: 'act as the user with this UID', helpValue: '<uid>' }),
  'request-timeout': waitFlag({ ...global, summary: 'how long one request may take; 0 is for ever' }),
  'insecure-skip-tls-verify': boolean({ ...global, summary: "do not check the server's certificate" }),
  'certificate-authority': string({ ...global, summary: "certificate that signs the server's", helpValue: '<file>' }),
  'tls-server-name': string({ ...global, summary: "name in the server's certificate", helpValue: '<name>' }),
  'client-certificate': string({ ...global, summary: 'certificate of the user', helpValue: '<file>' }),
  'client-key': string({ ...global, summary: 'key of that certificate', helpValue: '<file>' }),
  verbosity: integer({
    ...global,
    char: 'v',
    aliases: ['v'],
    summary: '6 and more shows each request',
    helpValue: '<n>',
    min: 0,
  }),
};

/** What the flags above hold once they are parsed. */
export interface ClusterFlags {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  as?: string | undefined;
  'as-group'?: string[] | undefined;
  'as-uid'?: string | undefined;
  'request-timeout'?: number | undefined;
  'insecure-skip-tls-verify'?: boolean | undefined;
  'certificate-authority'?: string | undefined;
  'tls-server-name'?: string | undefined;
  'client-certificate'?: string | undefined;
  'client-key'?: string | undefined;
  verbosity?: number | undefined;
}

/** `-o`, checked before any request. */
export const outputFlag = custom<OutputFormat>({
  char: 'o',
  summary: 'table, wide, name, json, yaml, jsonpath=…, custom-columns=…, go-template=…',
  helpValue: '<format>',
  parse: parseOutputFormat,
});

/** `-o` of commands whose result is no object of Kubernetes. */
export const dataFlag = option({ char: 'o', options: ['json', 'yaml'] as const, summary: 'json or yaml' });

/** Which objects a command is about, beside names. */
export const selectionFlags = {
  'all-namespaces': boolean({ char: 'A', summary: 'in all namespaces' }),
  selector: custom<string>({
    char: 'l',
    summary: 'only those with these labels',
    helpValue: '<selector>',
    parse: async text => parseLabelSelector(text),
  })(),
  'field-selector': custom<string>({
    summary: 'only those with these fields, such as status.phase=Running',
    helpValue: '<selector>',
    parse: async text => parseFieldSelector(text),
  })(),
};
