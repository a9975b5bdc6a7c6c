import { createHash } from 'node:crypto';

/** What the signature of a Mach-O binary says, and whether it is true of its bytes. */
export interface Signature {
  readonly identifier: string;
  /** Whether it is nobody's: no certificate stands behind it. */
  readonly isAdHoc: boolean;
  readonly pages: number;
  /** Pages whose digest is another than the signature tells. */
  readonly wrongPages: number;
}

const LC_CODE_SIGNATURE = 0x1d;
const CODE_DIRECTORY = 0xfade0c02;
const SHA256 = 2;
const CS_ADHOC = 0x2;
const HEADER_BYTES = 32;

/** Reads the signature of a 64-bit Mach-O binary; undefined where it has none. Laid out as in Apple's cs_blobs.h. */
export function signatureOf(binary: Buffer): Signature | undefined {
  const directory = codeDirectoryOf(binary);
  if (!directory) return undefined;
  const word = (at: number) => directory.readUInt32BE(at);
  const [flags, hashes, name, pages, limit] = [word(12), word(16), word(20), word(28), word(32)];
  const [hashBytes, hashType, pageBits] = [directory[36]!, directory[37]!, directory[39]!];
  if (hashType !== SHA256) throw new Error(`a digest of another kind: ${hashType}`);
  const pageBytes = 1 << pageBits;
  let wrongPages = 0;
  for (let i = 0; i < pages; i++) {
    const page = binary.subarray(i * pageBytes, Math.min((i + 1) * pageBytes, limit));
    const told = directory.subarray(hashes + i * hashBytes, hashes + (i + 1) * hashBytes);
    if (!createHash('sha256').update(page).digest().equals(told)) wrongPages += 1;
  }
  const identifier = directory.toString('utf8', name, directory.indexOf(0, name));
  return { identifier, isAdHoc: (flags & CS_ADHOC) !== 0, pages, wrongPages };
}

function codeDirectoryOf(binary: Buffer): Buffer | undefined {
  const commands = binary.readUInt32LE(16);
  let at = HEADER_BYTES;
  for (let i = 0; i < commands; i++) {
    if (binary.readUInt32LE(at) === LC_CODE_SIGNATURE) return directoryIn(binary.subarray(binary.readUInt32LE(at + 8)));
    at += binary.readUInt32LE(at + 4);
  }
  return undefined;
}

function directoryIn(signature: Buffer): Buffer | undefined {
  const blobs = Array.from({ length: signature.readUInt32BE(8) }, (_, i) => signature.readUInt32BE(16 + 8 * i));
  const found = blobs.find(offset => signature.readUInt32BE(offset) === CODE_DIRECTORY);
  return found === undefined ? undefined : signature.subarray(found, found + signature.readUInt32BE(found + 4));
}
