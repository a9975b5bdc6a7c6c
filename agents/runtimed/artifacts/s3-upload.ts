import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** S3's least. One is under way at a time, which bounds the memory of an upload of any size. */
const PART_BYTES = 5 * 1024 * 1024;
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
 * the SDK's, which makes new buffers for each part: one that is filled again and again keeps memory flat.
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

/** One part; its bytes are good until the next one is asked for. */
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
  const sent: { PartNumber: number; ETag: string | undefined }[] = [];
  for (let part = first; part.bytes.length > 0; part = await source.next()) {
    const PartNumber = sent.length + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...target, PartNumber, Body: part.bytes }));
    sent.push({ PartNumber, ETag });
    if (part.isLast) break;
  }
  return sent;
}

/** Cuts a stream of chunks into parts, in one buffer, which begins small. */
class PartSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  #rest: Uint8Array = new Uint8Array();

  constructor(data: AsyncIterable<Uint8Array>) {
    this.#chunks = data[Symbol.asyncIterator]();
  }

  async next(): Promise<Part> {
    let filled = 0;
    while (filled < PART_BYTES) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done) return { bytes: this.#buffer.subarray(0, filled), isLast: true };
        this.#rest = value;
      }
      if (filled + this.#rest.length > this.#buffer.length && this.#buffer.length < PART_BYTES) {
        this.#buffer = Buffer.concat([this.#buffer.subarray(0, filled)], PART_BYTES);
      }
      const taken = this.#rest.subarray(0, PART_BYTES - filled);
      this.#buffer.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    return { bytes: this.#buffer, isLast: false };
  }
}
