import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** S3's least; two of them are under way at once, which bounds the memory of an upload of any size. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** What most objects fit in, which then need no buffer of a part. */
const SMALL_BYTES = 256 * 1024;

/** Where an object goes. */
export interface UploadTarget {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

/**
 * Stores `data` as one object, whole or not at all: what is small in one request, the rest in parts. Ours rather than
 * the SDK's, which makes new buffers for each part: two that are filled again and again keep memory flat.
 */
export async function upload(client: S3Client, target: UploadTarget, data: AsyncIterable<Uint8Array>): Promise<void> {
  const source = new PartSource(data);
  const first = await source.next();
  if (first.isLast) {
    await client.send(new PutObjectCommand({ ...target, Body: first.bytes }));
    return;
  }
  const { Bucket, Key } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  try {
    const Parts = await uploadParts(client, { Bucket, Key, UploadId }, source, first);
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    // what can't be taken back now, the bucket's rules for unfinished uploads do
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    throw error;
  }
}

/** One part; its bytes are good until PARTS_AT_ONCE further ones are asked for. */
interface Part {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

async function uploadParts(
  client: S3Client,
  target: { Bucket: string; Key: string; UploadId: string | undefined },
  source: PartSource,
  first: Part,
): Promise<{ PartNumber: number; ETag: string | undefined }[]> {
  const sent: Promise<{ PartNumber: number; ETag: string | undefined }>[] = [];
  const send = (PartNumber: number, { bytes: Body }: Part) => {
    const done = client
      .send(new UploadPartCommand({ ...target, PartNumber, Body }))
      .then(({ ETag }) => ({ PartNumber, ETag }));
    done.catch(() => undefined); // awaited before its buffer is filled again, or at the end
    sent.push(done);
  };
  send(1, first);
  for (let part = first; !part.isLast; ) {
    await sent.at(-PARTS_AT_ONCE);
    part = await source.next();
    if (part.bytes.length > 0) send(sent.length + 1, part);
  }
  return Promise.all(sent);
}

/** Cuts a stream of chunks into parts, in a few buffers that it fills in turn; the first begins small. */
class PartSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #buffers: Buffer[] = [];
  #turn = 0;
  #rest: Uint8Array = new Uint8Array();

  constructor(data: AsyncIterable<Uint8Array>) {
    this.#chunks = data[Symbol.asyncIterator]();
  }

  async next(): Promise<Part> {
    const turn = this.#turn++;
    const index = turn % PARTS_AT_ONCE;
    this.#buffers[index] ??= Buffer.allocUnsafeSlow(turn === 0 ? SMALL_BYTES : PART_BYTES);
    let buffer = this.#buffers[index];
    let filled = 0;
    while (filled < PART_BYTES) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done) return { bytes: buffer.subarray(0, filled), isLast: true };
        this.#rest = value;
      }
      if (filled + this.#rest.length > buffer.length && buffer.length < PART_BYTES) {
        buffer = Buffer.concat([buffer.subarray(0, filled)], PART_BYTES);
        this.#buffers[index] = buffer;
      }
      const taken = this.#rest.subarray(0, PART_BYTES - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    return { bytes: buffer, isLast: false };
  }
}
