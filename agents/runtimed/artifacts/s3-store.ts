import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { archivedAt } from '../../../crds/v1alpha1/run.ts';
import type { S3Settings } from './s3-settings.ts';
import { upload } from './s3-upload.ts';
import type { ArtifactStore } from './store.ts';

const OWN_KEY = /^[A-Za-z0-9-]+\/(?:[0-9]+|log)-[\w-]{22}\/(?!\.{1,2}$)[^/\0]+$/;

/**
 * A store in a bucket. Credentials are what the AWS SDK finds in the environment. As on a file system, a location
 * holds 128 random bits: it is known to those alone who may read the Run, and an upload that was not told is not found.
 */
export function s3Store({ bucket, prefix = '', region, endpoint, forcePathStyle }: S3Settings): ArtifactStore {
  const client = new S3Client({
    region: region ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
    // what is stored is hashed by us; not every server that speaks S3 knows the checksums of AWS
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // each such request would make a connection, with a handshake, of its own
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  });
  const address = `s3://${bucket}/`;
  const root = `${address}${prefix}`;
  const isOwn = (location: string) => location.startsWith(root) && OWN_KEY.test(location.slice(root.length));
  const store = (Key: string, ContentType: string, data: AsyncIterable<Uint8Array>) =>
    upload(client, { Bucket: bucket, Key, ContentType }, data);
  return {
    driver: 's3',
    async open({ uid, attempt }) {
      const logs = `${prefix}${uid}/log-`;
      await removeAll(client, bucket, `${prefix}${uid}/`, key => !key.startsWith(logs));
      const directory = `${prefix}${uid}/${attempt}-${secret()}`;
      return {
        async put(name, contentType, data) {
          const key = `${directory}/${name}`;
          await store(key, contentType, data);
          return `${address}${key}`;
        },
        // an object is whole or not there, and nobody knows its key before the Run tells
        commit: async () => undefined,
      };
    },
    async putLog({ uid, attempt }, known, data) {
      const own = `${root}${uid}/`;
      const place = known?.startsWith(own) && isOwn(`${known}/1`) ? known : `${own}log-${secret()}`;
      await store(archivedAt(place, attempt).slice(address.length), 'application/gzip', data);
      return place;
    },
    remove: uid => removeAll(client, bucket, `${prefix}${uid}/`),
    async read(location, start) {
      if (!isOwn(location)) return undefined;
      const Key = location.slice(address.length);
      try {
        const range = start > 0 ? { Range: `bytes=${start}-` } : {};
        const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key, ...range }));
        return { data: Body as Readable, size: start + ContentLength };
      } catch (error) {
        if (!(error instanceof S3ServiceException)) throw error;
        if (error.name === 'NoSuchKey') return undefined;
        // nothing is left from there on: the caller tells it by the size
        if (error.name === 'InvalidRange') return { data: Readable.from([]), size: start };
        throw error;
      }
    },
  };
}

const secret = () => randomBytes(16).toString('base64url');

async function removeAll(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  isUnwanted = (_key: string) => true,
): Promise<void> {
  for (let token: string | undefined, more = true; more; ) {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix, ...(token !== undefined && { ContinuationToken: token }) }),
    );
    const Objects = (page.Contents ?? []).map(({ Key = '' }) => ({ Key })).filter(({ Key }) => isUnwanted(Key));
    if (Objects.length > 0) await removeObjects(client, Bucket, Objects);
    token = page.NextContinuationToken;
    more = token !== undefined;
  }
}

/** The answer to a batch is fine although some of it was refused: it says which. */
async function removeObjects(client: S3Client, Bucket: string, Objects: { Key: string }[]): Promise<void> {
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  const [first] = Errors;
  if (first) throw new Error(`${Errors.length} objects could not be deleted, such as ${first.Key}: ${first.Message}`);
}
