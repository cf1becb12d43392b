import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse, Network } from '#protocol';
import { fakeClock } from '../../../test/support/fakes.js';
import { NOW } from '../test/example-federation.js';
import { CLIENT_LIMITS, FederationClient } from './federation-client.js';
import { PAGE_SIZE } from './subordinate-pages.js';

const AUTHORITY = 'https://state.example';
const clock = fakeClock(NOW);

function authority(endpoints: Readonly<Record<string, string>>) {
  return { entityId: AUTHORITY, federationEntity: endpoints };
}
const IN_PAGES = authority({
  federation_list_endpoint: `${AUTHORITY}/list`,
  federation_extended_list_endpoint: `${AUTHORITY}/pages`,
});

/** Answers every request with what `answer` makes of its query. */
function serving(answer: (query: URLSearchParams, count: number) => unknown): Network & { asked: URL[] } {
  const asked: URL[] = [];
  return {
    asked,
    request(request: HttpRequest): Promise<HttpResponse> {
      const url = new URL(request.url);
      asked.push(url);
      const body = JSON.stringify(answer(url.searchParams, asked.length));
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(request.maxBytes);
      return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body });
    },
  };
}

const nameOf = (n: number) => `https://agency-${String(n).padStart(6, '0')}.example`;
const entries = (names: readonly string[]) => names.map((id) => ({ id, registered: 1_796_000_000 }));

/** As Comity's authority serves a register of `total` agencies. */
function register(total: number) {
  const all = Array.from({ length: total }, (_, index) => nameOf(index));
  return serving((query) => {
    const begin = query.get('from_entity_id') === null ? 0 : all.indexOf(query.get('from_entity_id') ?? '');
    const end = begin + Number(query.get('limit'));
    return {
      immediate_subordinate_entities: entries(all.slice(begin, end)),
      ...(end < total && { next_entity_id: all[end] }),
    };
  });
}

const listOf = (network: Network, of = IN_PAGES) =>
  new FederationClient(network, CLIENT_LIMITS, clock).subordinates(of);

/** The same register under a tag, for as long as `tagOf` says so of each page. */
function tagged(total: number, tagOf: (from: string | null) => string | undefined): Network & { asked: HttpRequest[] } {
  const plain = register(total);
  const asked: HttpRequest[] = [];
  return {
    asked,
    async request(request) {
      asked.push(request);
      const tag = tagOf(new URL(request.url).searchParams.get('from_entity_id'));
      if (tag !== undefined && request.headers?.['if-none-match'] === tag)
        return { status: 304, headers: {}, body: '' };
      const answer = await plain.request(request);
      return { ...answer, headers: { ...answer.headers, ...(tag !== undefined && { etag: tag }) } };
    },
  };
}

/** How many names one round brings, and by how many calls. */
const round = async (client: FederationClient, network: { asked: HttpRequest[] }) => {
  network.asked.length = 0;
  return [(await client.subordinates(IN_PAGES)).length, network.asked.length];
};

describe('a list that has not changed', () => {
  it('costs one call a round instead of eighteen, until it changes or an hour is over', async () => {
    let tag = '"one"';
    const network = tagged(18_000, () => tag);
    const own = fakeClock(NOW);
    const client = new FederationClient(network, CLIENT_LIMITS, own);
    expect(await round(client, network)).toEqual([18_000, 18]);
    expect(await round(client, network)).toEqual([18_000, 1]);
    tag = '"two"';
    expect(await round(client, network)).toEqual([18_000, 18]);
    own.advance(3_599_999);
    expect(await round(client, network)).toEqual([18_000, 1]);
    own.advance(1);
    expect(await round(client, network)).toEqual([18_000, 18]);
  });

  it('is read whole where its pages bear tags of their own, weak ones or none: then a page says nothing of the others', async () => {
    for (const tagOf of [(from: string | null) => `"${from ?? 'first'}"`, () => 'W/"one"', () => undefined]) {
      const network = tagged(2_500, tagOf);
      const client = new FederationClient(network, CLIENT_LIMITS, clock);
      expect(await round(client, network)).toEqual([2_500, 3]);
      expect(await round(client, network)).toEqual([2_500, 3]);
    }
  });

  it('T10: is not what it is taken for where nobody asked whether it changed', async () => {
    const network: Network = { request: () => Promise.resolve({ status: 304, headers: { etag: '"one"' }, body: '' }) };
    await expect(listOf(network)).rejects.toMatchObject({ code: 'answer_refused' });
  });
});

describe('a list of subordinates', () => {
  it('is read to its end, page by page: all 18,000 agencies of one jurisdiction', async () => {
    const network = register(18_000);
    const list = await listOf(network);
    expect(list).toHaveLength(18_000);
    expect([list[0], list.at(-1)]).toEqual([nameOf(0), nameOf(17_999)]);
    expect(network.asked).toHaveLength(18_000 / PAGE_SIZE);
    expect(network.asked.every(({ pathname }) => pathname === '/pages')).toBe(true);
  });

  it('is read at once where its authority has no pages', async () => {
    const whole = authority({ federation_list_endpoint: `${AUTHORITY}/list` });
    const network = serving(() => [nameOf(1), nameOf(2), nameOf(2), 'no entity id']);
    expect(await listOf(network, whole)).toEqual([nameOf(1), nameOf(2)]);
  });

  it('T02: with more names than the country has agencies is refused', async () => {
    await expect(listOf(register(20_001))).rejects.toMatchObject({ code: 'too_many', entityId: AUTHORITY });
  });

  it('T02: whose pages bring a name each and never end is refused after a hundred', async () => {
    const endless = serving((_query, count) => ({
      immediate_subordinate_entities: entries([nameOf(count)]),
      next_entity_id: nameOf(count + 1),
    }));
    await expect(listOf(endless)).rejects.toMatchObject({ code: 'too_many' });
    expect(endless.asked).toHaveLength(100);
  });

  it.each([
    [
      'lead back to a page that was read',
      () => ({ immediate_subordinate_entities: entries([nameOf(1)]), next_entity_id: nameOf(1) }),
      2,
    ],
    [
      'bring nobody and go on',
      (count: number) => ({ immediate_subordinate_entities: [], next_entity_id: nameOf(count) }),
      1,
    ],
    [
      'bring the same names under new beginnings',
      (count: number) => ({ immediate_subordinate_entities: entries([nameOf(0)]), next_entity_id: nameOf(count) }),
      2,
    ],
  ] as const)('T02: whose pages %s is refused', async (_, page, asked) => {
    const network = serving((_query, count) => page(count));
    await expect(listOf(network)).rejects.toMatchObject({ code: 'answer_refused' });
    expect(network.asked).toHaveLength(asked);
  });

  it('T02: whose pages come slowly is refused when its time is over', async () => {
    const slow = serving((_query, count) => {
      clock.advance(1_900);
      return { immediate_subordinate_entities: entries([nameOf(count)]), next_entity_id: nameOf(count + 1) };
    });
    await expect(listOf(slow)).rejects.toMatchObject({ code: 'too_many' });
    expect(slow.asked.length).toBeLessThanOrEqual(11);
  });

  it.each([
    [[]],
    [{}],
    [{ immediate_subordinate_entities: [{ name: 'x' }] }],
    [{ immediate_subordinate_entities: ['x'] }],
    [{ immediate_subordinate_entities: [], next_entity_id: 7 }],
  ])('is refused where a page is none: %j', async (page) => {
    await expect(listOf(serving(() => page))).rejects.toMatchObject({ code: 'answer_refused' });
  });

  it('W11: is not read from another host, whatever its authority publishes', async () => {
    const network = register(1);
    const elsewhere = authority({ federation_extended_list_endpoint: 'https://169.254.169.254/latest' });
    await expect(listOf(network, elsewhere)).rejects.toMatchObject({ code: 'answer_refused' });
    expect(network.asked).toEqual([]);
  });
});
