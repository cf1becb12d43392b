import { createHmac } from 'node:crypto';

/**
 * Keyed tags of plates, persons and cases: stable at this node for its audit period, so that a repeated search stays
 * visible, and linkable by nobody who lacks this node's key. A plain hash would be searched through in minutes.
 */
export class Tags {
  constructor(private readonly key: Uint8Array) {
    if (key.byteLength !== 32) throw new TypeError('the tag key has to be 32 bytes');
  }

  plate(text: string): string {
    return this.tag('plate', text);
  }

  /** A read as a file of it shows it. */
  read(plate: string, seenAt: string): string {
    return this.tag('read', `${plate}\n${seenAt}`);
  }

  /** A key of its own for one job, so that what that job shows tells nothing of the tags. */
  keyFor(job: 'export'): Uint8Array {
    return createHmac('sha256', this.key).update(`comity/key/v1\n${job}`).digest();
  }

  person(issuer: string, sub: string): string {
    return this.tag('person', `${issuer}\n${sub}`);
  }

  case(requester: string, caseNumber: string): string {
    return this.tag('case', `${requester}\n${caseNumber}`);
  }

  /** Of a vehicle that travelled along: in one release and for one query, so that no two releases can be joined by it. */
  companion(release: string, query: string, plate: string): string {
    return this.tag('companion', `${release}\n${query}\n${plate}`);
  }

  private tag(kind: string, value: string): string {
    return createHmac('sha256', this.key).update(`comity/tag/v1\n${kind}\n${value}`).digest('base64url');
  }
}
