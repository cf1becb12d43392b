import { createHash } from 'node:crypto';
import type { ImagePart } from './captured-read.js';
import type { Part } from './part.js';

/**
 * Where the image lies at the source: a file's name or path, an event's id. Of an address only the path is kept, since
 * cameras write their own passwords into addresses (`rtsp://admin:…@camera/1`).
 */
export function imageRef(text: string | undefined): { imageRef?: string } {
  if (text === undefined) return {};
  const path = text.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#][^]*$/, '');
  return /^[!-~]{1,500}$/.test(path) ? { imageRef: path } : {};
}

/** The digest of an image that stands in the record in base64, also as a `data:` address. The image itself is let go. */
export function embeddedImage(part: Part): { imageDigest?: string } {
  const { value } = part;
  if (typeof value !== 'string' || value === '') return {};
  const base64 = value.replace(/^data:[^,]{0,100},/, '');
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === 0 ? {} : { imageDigest: createHash('sha256').update(bytes).digest('base64url') };
}

/** Of images that came beside a record: the one of the plate, else the first. */
export function imageBeside(images: readonly ImagePart[]): { imageRef?: string; imageDigest?: string } {
  const chosen = images.find(({ name }) => /plate/i.test(name)) ?? images[0];
  return chosen === undefined ? {} : { ...imageRef(chosen.name), imageDigest: chosen.digest };
}
