import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { anAlert } from '../src/formats/records.fixture.js';
import { contentTypeOfCapture, multipartDocuments } from './multipart.js';

const TYPE = 'multipart/form-data; boundary=MIME_boundary';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A body as a Hikvision camera writes it: each part by its headers and content. */
function bodyOf(parts: readonly (readonly [disposition: string, type: string, content: string])[], end = '--'): Buffer {
  const written = parts.map(
    ([disposition, type, content]) =>
      `--MIME_boundary\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\nContent-Length: ${content.length}\r\n\r\n${content}\r\n`,
  );
  return Buffer.from(`${written.join('')}--MIME_boundary${end}\r\n`);
}
const xml = (text = anAlert()) => ['name="anpr.xml"; filename="anpr.xml"', 'text/xml', text] as const;
const image = (name: string, content: string) => [`name="${name}"; filename="${name}"`, 'image/jpeg', content] as const;

describe('a multipart body', () => {
  it('is its documents, each with the digests of the images that follow it', async () => {
    const body = bodyOf([
      xml(),
      image('licensePlatePicture.jpg', 'one'),
      image('detectionPicture.jpg', 'two'),
      xml(),
      image('c.jpg', 'three'),
    ]);
    expect(await multipartDocuments(body, TYPE)).toEqual([
      {
        text: anAlert(),
        images: [
          { name: 'licensePlatePicture.jpg', digest: sha256('one') },
          { name: 'detectionPicture.jpg', digest: sha256('two') },
        ],
      },
      { text: anAlert(), images: [{ name: 'c.jpg', digest: sha256('three') }] },
    ]);
  });

  it('may hold its document as a field, its image first, and fields about the camera', async () => {
    const body = bodyOf([
      image('a.jpg', 'one'),
      ['name="action"', 'text/plain', 'event'],
      ['name="json"', 'application/json', '{"a":1}'],
    ]);
    expect(await multipartDocuments(body, TYPE)).toEqual([
      { text: '{"a":1}', images: [{ name: 'a.jpg', digest: sha256('one') }] },
    ]);
  });

  it('may hold its document as a file that nothing but its content tells from an image', async () => {
    const body = bodyOf([
      ['name="event"; filename="event"', 'application/octet-stream', '{"carID":"17"}'],
      ['name="image"; filename="image"', 'application/octet-stream', '\u00ff\u00d8 {'],
    ]);
    expect(await multipartDocuments(body, TYPE)).toMatchObject([
      { text: '{"carID":"17"}', images: [{ name: 'image' }] },
    ]);
  });

  it('of a capture names its boundary in its first line', () => {
    expect(contentTypeOfCapture(bodyOf([xml()]))).toBe('multipart/form-data; boundary="MIME_boundary"');
    expect(contentTypeOfCapture(Buffer.from('<a/>'))).toBeUndefined();
  });

  it.each<[string, Buffer, string]>([
    ['without a boundary in its type', bodyOf([xml()]), 'multipart/form-data'],
    ['of another type', bodyOf([xml()]), 'application/x-www-form-urlencoded'],
    ['that breaks off', bodyOf([xml()]).subarray(0, 300), TYPE],
    ['of thousands of parts', bodyOf(Array.from({ length: 1_000 }, () => image('a.jpg', 'x'))), TYPE],
    ['whose document is larger than any event', bodyOf([xml('<a>'.repeat(400_000))]), TYPE],
    [
      'whose document is not UTF-8',
      Buffer.concat([bodyOf([xml()]).subarray(0, 200), Buffer.from([0xff, 0xfe]), bodyOf([xml()]).subarray(200)]),
      TYPE,
    ],
  ])('%s is refused', async (_, body, type) => {
    await expect(multipartDocuments(body, type)).rejects.toMatchObject({ code: 'multipart_malformed' });
  });

  it('W04: pollutes nothing by the names of its parts', async () => {
    const body = bodyOf([
      ['name="__proto__"', 'text/plain', '{"polluted":1}'],
      ['name="constructor"; filename="__proto__"', 'image/jpeg', 'x'],
    ]);
    await multipartDocuments(body, TYPE);
    expect('polluted' in {}).toBe(false);
  });
});
