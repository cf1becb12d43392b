import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { ImagePart } from '../src/formats/captured-read.js';
import { ReadsError } from '../src/reads-error.js';

/** A document that came with images: the images that follow it are its own. */
export interface MultipartDocument {
  readonly text: string;
  readonly images: readonly ImagePart[];
}

const LIMITS = {
  parts: 200,
  files: 200,
  fields: 200,
  fieldNameSize: 100,
  headerPairs: 20,
  headerSize: 4_096,
  fieldSize: 1024 * 1024,
  fileSize: 16 * 1024 * 1024,
} as const;
const DOCUMENT_BYTES = 1024 * 1024;

/**
 * The documents of a multipart body (XML or JSON) with the digests of their images. An image passes through a hash and is
 * gone: it is never held, never written.
 * @param contentType with its boundary, as the header field says it
 * @throws ReadsError `multipart_malformed`
 */
export async function multipartDocuments(body: Uint8Array, contentType: string): Promise<MultipartDocument[]> {
  // The parser would read a form of another type as one, and find nothing.
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw malformed();
  const parts: Promise<ReadPart>[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(malformed(cause));
    try {
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS, isPartAFile });
      parser.on('field', (_name, value, _nameCut, isCut) => {
        if (isCut) fail();
        // Other fields of a form are about the camera, and no event.
        else if (/^\s*[<{[]/.test(value)) parts.push(Promise.resolve({ text: value }));
      });
      parser.on('file', (_name, stream, fileName, _encoding, type) => {
        const name = (fileName || 'image').slice(0, 100);
        const part = partOf(stream, name, type);
        part.catch(fail);
        parts.push(part);
      });
      for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(event, () => fail());
      parser.on('error', fail);
      parser.on('finish', resolve);
      Readable.from([body], { objectMode: false }).on('error', fail).pipe(parser);
    } catch (cause) {
      fail(cause);
    }
  });
  const read = await Promise.all(parts).catch((cause: unknown) => {
    throw malformed(cause);
  });
  return grouped(read);
}

type ReadPart = { readonly text: string } | ImagePart;

/** Images belong to the document before them, those before the first to the first. */
function grouped(parts: readonly ReadPart[]): MultipartDocument[] {
  const documents: { text: string; images: ImagePart[] }[] = [];
  const before: ImagePart[] = [];
  for (const part of parts) {
    if ('text' in part) documents.push({ text: part.text, images: before.splice(0) });
    else (documents.at(-1)?.images ?? before).push(part);
  }
  return documents;
}

function isPartAFile(_name: string | undefined, type: string | undefined, fileName: string | undefined): boolean {
  return fileName !== undefined || /^(?:image\/|application\/octet-stream)/i.test(type ?? '');
}

/** The boundary of a captured body stands in its first line. */
export function contentTypeOfCapture(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, 200)).toString('latin1');
  const boundary = /^(?:\r\n)*--([\w'()+,./:=?-]{1,70})\r\n/.exec(head)?.[1];
  return boundary === undefined ? undefined : `multipart/form-data; boundary="${boundary}"`;
}

type PartStream = Readable & { readonly truncated?: boolean };

/** A document by its type or its name, or, where neither tells, by its first character, as no image has it. */
async function partOf(stream: PartStream, name: string, type: string): Promise<ReadPart> {
  let isDocument = /(?:xml|json)\b/i.test(type) || /\.(?:xml|json)$/i.test(name);
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size === 0) isDocument ||= /^\s*[<{[]/.test(chunk.subarray(0, 64).toString('latin1'));
    size += chunk.length;
    if (!isDocument) {
      hash.update(chunk);
      continue;
    }
    if (size > DOCUMENT_BYTES) throw malformed();
    chunks.push(chunk);
  }
  if (isDocument) return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  if (stream.truncated === true) throw malformed();
  return { name, digest: hash.digest('base64url') };
}

function malformed(cause?: unknown): ReadsError {
  return new ReadsError('multipart_malformed', 'the multipart body cannot be read', { cause });
}
