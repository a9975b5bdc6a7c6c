import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Deployment, RoleBinding } from '../../../crds/client/resources.ts';
import type { KubeObject } from '../../../crds/v1alpha1/meta.ts';
import { usageError } from '../../errors.ts';

/** Where the agents of a cluster-wide installation live. */
export const SYSTEM_NAMESPACE = 'krt-system';
/** A label of every object of an installation, and how to select them. */
export const INSTALLATION_SELECTOR = 'app.kubernetes.io/name=krt';

/** Which installation is meant. */
export interface Installation {
  /** The one namespace that it serves and lives in; undefined: it serves the cluster, from `krt-system`. */
  readonly onlyNamespace: string | undefined;
  /** Image of the agents in place of the manifests' own. */
  readonly image?: string | undefined;
}

/** Name and, behind a colon or an @, tag or digest, as container runtimes take them. */
const IMAGE = /^[a-z0-9][\w.-]*(:\d+)?(\/[a-z0-9][\w.-]*)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/i;

/** An image reference as it is; throws a usage error where it is none. */
export function parseImage(text: string): string {
  if (IMAGE.test(text)) return text;
  throw usageError(`--image: "${text}" is not an image`, 'such as registry.example/krt-agents:0.1.0');
}

/** The objects of an installation, in the order to make them; `folder` holds the rendered manifests. */
export async function readManifest(folder: string, installation: Installation): Promise<KubeObject[]> {
  const { onlyNamespace } = installation;
  const file = onlyNamespace === undefined ? 'install.yaml' : 'install-namespaced.yaml';
  const text = await readFile(join(folder, file), 'utf8');
  const objects = parseAllDocuments(text).map(document => document.toJS() as KubeObject);
  return objects.map(object =>
    withImage(onlyNamespace === undefined ? object : placed(object, onlyNamespace), installation),
  );
}

/** `object`, and those that it names as its subjects, in another namespace. */
function placed(object: KubeObject, namespace: string): KubeObject {
  const { subjects } = object as Partial<RoleBinding>;
  const metadata = object.metadata.namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  return {
    ...object,
    metadata,
    ...(subjects && { subjects: subjects.map(subject => ({ ...subject, namespace })) }),
  };
}

function withImage(object: KubeObject, { image }: Installation): KubeObject {
  if (image === undefined || object.kind !== 'Deployment') return object;
  const copy = structuredClone(object) as Deployment;
  for (const container of copy.spec.template.spec.containers) container.image = image;
  return copy;
}

/** Whether an object belongs to the cluster, so that several installations share it. */
export const isShared = (object: KubeObject): boolean => object.metadata.namespace === undefined;
