import { describe, expect, it } from 'vitest';
import { parseEntityId } from './index.js';

describe('an entity id', () => {
  it.each([
    ['https://police.ca.gov', 'police.ca.gov', 'https://police.ca.gov'],
    ['https://police.ca.gov:8443/nodes/a-1', 'police.ca.gov', 'https://police.ca.gov:8443'],
    ['https://xn--plice-sqa.example', 'xn--plice-sqa.example', 'https://xn--plice-sqa.example'],
    ['http://127.0.0.1:4100/jurisdictions/or', '127.0.0.1', 'http://127.0.0.1:4100'],
    ['http://[::1]:4100', '[::1]', 'http://[::1]:4100'],
  ])('`%s` has one host', (id, host, origin) => {
    expect(parseEntityId(id)).toMatchObject({ id, host, origin, loopback: id.startsWith('http:') });
  });

  it.each([
    'https://police.ca.gov/',
    'https://police.ca.gov?x',
    'https://police.ca.gov#x',
    'https://user@police.ca.gov',
    'https://police.ca.gov:443',
    'https://police.ca.gov:0',
    'https://police.ca.gov:65536',
    'https://Police.ca.gov',
    'HTTPS://police.ca.gov',
    'https://police.ca.gov.',
    'https://.ca.gov',
    'https://police..ca.gov',
    'https://police.ca.gov/a/../b',
    'https://police.ca.gov/./b',
    'https://police.ca.gov//b',
    'https://police.ca.gov/%61',
    'https://pölice.ca.gov',
    'https://police_.ca.gov',
    'https://10.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://[::1]',
    'https://localhost',
    'http://police.ca.gov',
    'http://127.0.0.1:80',
    'http://127.0.0.2:4100',
    'http://127.0.0.1.evil.example',
    ' https://police.ca.gov',
    'https://police.ca.gov\n',
    'ftp://police.ca.gov',
    `https://police.ca.gov/${'a'.repeat(300)}`,
    '',
  ])('T03: `%s` is refused', (id) => {
    expect(() => parseEntityId(id)).toThrow(expect.objectContaining({ code: 'entity_id_invalid' }) as Error);
  });
});
