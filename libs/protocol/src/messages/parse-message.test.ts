import { describe, expect, it } from 'vitest';
import { canonicalJson, isJsonObject, parseMessage, type JsonObject, type JsonValue } from '#protocol';
import { EXAMPLE_MESSAGES, type ExampleMessage } from '../../test/example-messages.js';
import { refusalOf } from '../../test/refusal.js';

const CANARY = 'ZZZ999X';

interface Place {
  readonly path: string;
  readonly value: JsonValue;
}

/** Every value inside a message that a class declares: members and list elements, but not the content of records. */
function placesOf(message: ExampleMessage): Place[] {
  const walk = (value: JsonValue, path: string): Place[] => {
    const here = path === '' ? [] : [{ path, value }];
    if (message.records.includes(path) || value === null || typeof value !== 'object') return here;
    const inner = Object.entries(value).flatMap(([name, member]) =>
      walk(member, path === '' ? name : `${path}.${name}`),
    );
    return [...here, ...inner];
  };
  return walk(message.value, '');
}

/** The message with the value at `path` replaced, or left out. */
function changed(message: ExampleMessage, path: string, replacement: JsonValue | undefined): JsonObject {
  const copy = structuredClone(message.value);
  const names = path.split('.');
  let parent: JsonValue = copy;
  for (const name of names.slice(0, -1)) {
    parent = (parent as Record<string, JsonValue>)[name] ?? null;
  }
  const last = names.at(-1) ?? '';
  if (replacement === undefined) Reflect.deleteProperty(parent as object, last);
  else (parent as Record<string, JsonValue>)[last] = replacement;
  return copy;
}

const parse = (message: ExampleMessage, value: JsonValue) => refusalOf(() => parseMessage(message.type, value));

const isElement = (place: Place) => /\.\d+$/.test(place.path);

describe.each(EXAMPLE_MESSAGES.map((message) => [message.name, message] as const))('%s', (_, message) => {
  const places = placesOf(message);

  it('is accepted as it stands, as an instance of its class and with nothing changed', () => {
    const parsed = parseMessage(message.type, message.value);
    expect(parsed).toBeInstanceOf(message.type);
    expect(canonicalJson(JSON.parse(JSON.stringify(parsed)) as JsonValue)).toBe(canonicalJson(message.value));
  });

  it.each([[[]], [[message.value]], [null], ['{}'], [1], [true]] as [JsonValue][])(
    'is refused where %j stands for the object (P01)',
    async (value) => {
      expect(await parse(message, value)).toMatchObject({ code: 'malformed_body', message: 'an object is expected' });
    },
  );

  it('is refused without any one member that is not optional, and the member is named', async () => {
    for (const place of places.filter((candidate) => !isElement(candidate))) {
      const refused = await parse(message, changed(message, place.path, undefined));
      const expected = message.optional.includes(place.path) ? 'accepted' : 'malformed_body';
      expect([place.path, refused.code]).toEqual([place.path, expected]);
      if (expected !== 'accepted') expect(refused.message).toContain(`\`${place.path}\` fails`);
    }
  });

  it('is refused with null in any place, also where the member may be left out (P01)', async () => {
    for (const place of places) {
      const refused = await parse(message, changed(message, place.path, null));
      expect([place.path, refused.code]).toEqual([place.path, 'malformed_body']);
    }
  });

  it('is refused with an empty list or a list of one where something else is due (P01)', async () => {
    for (const place of places) {
      const inList = await parse(message, changed(message, place.path, [place.value]));
      expect([place.path, inList.code]).toEqual([place.path, 'malformed_body']);
      if (message.emptyLists.includes(place.path)) continue;
      const empty = await parse(message, changed(message, place.path, []));
      expect([place.path, empty.code]).toEqual([place.path, 'malformed_body']);
    }
  });

  it('is refused with an object where a list or a plain value is due (P01)', async () => {
    for (const place of places.filter((candidate) => !isJsonObject(candidate.value))) {
      for (const object of [{}, { length: 1, 0: 'A' }]) {
        const refused = await parse(message, changed(message, place.path, object));
        expect([place.path, refused.code]).toEqual([place.path, 'malformed_body']);
      }
    }
  });

  it('is refused with a text for a number, a number for a text, and either for a truth value', async () => {
    for (const place of places.filter(({ value }) => typeof value !== 'object')) {
      const others = [JSON.stringify(place.value), 1, true].filter((other) => typeof other !== typeof place.value);
      for (const other of others) {
        const refused = await parse(message, changed(message, place.path, other));
        expect([place.path, other, refused.code]).toEqual([place.path, other, 'malformed_body']);
      }
    }
  });

  it('is refused with a number that is negative, broken or beyond what is counted', async () => {
    for (const place of places.filter(({ value }) => typeof value === 'number')) {
      for (const number of [-1e6, 0.1 + 1e6, Number.MAX_SAFE_INTEGER + 1, Infinity, Number.NaN]) {
        const refused = await parse(message, changed(message, place.path, number));
        expect([place.path, number, refused.code]).toEqual([place.path, number, 'malformed_body']);
      }
    }
  });

  it('is refused with an unknown member in any of its objects, whose name is not repeated (W08)', async () => {
    const objects = places.filter((place) => isJsonObject(place.value) && !message.records.includes(place.path));
    const targets = [{ path: '', value: message.value }, ...objects];
    for (const { path, value } of targets) {
      const extended = { ...(value as JsonObject), [CANARY]: CANARY };
      const refused = await parse(message, path === '' ? extended : changed(message, path, extended));
      expect([path, refused.code]).toEqual([path, 'malformed_body']);
      expect(refused.message).toContain('(unknown member)` fails whitelistValidation');
      expect(JSON.stringify(refused)).not.toContain(CANARY);
    }
  });

  it('is refused with control characters in any text, and the error does not repeat the text (W14, W15)', async () => {
    for (const place of places.filter(({ value }) => typeof value === 'string')) {
      for (const end of ['\u0007', '\r\n', '\u001b[31m', '\u2028', '\u0000', '\ud800']) {
        const refused = await parse(message, changed(message, place.path, `${CANARY}${end}`));
        expect([place.path, end, refused.code]).toEqual([place.path, end, 'malformed_body']);
        expect(JSON.stringify(refused)).not.toContain(CANARY);
      }
    }
  });

  it('is refused with a text longer than any field takes', async () => {
    for (const place of places.filter(({ value }) => typeof value === 'string')) {
      const refused = await parse(message, changed(message, place.path, 'A'.repeat(1024 * 1024 + 1)));
      expect([place.path, refused.code]).toEqual([place.path, 'malformed_body']);
    }
  });

  it('is refused as a message of every other class (J16)', async () => {
    for (const other of EXAMPLE_MESSAGES.filter(({ name }) => name !== message.name)) {
      const refused = await refusalOf(() => parseMessage(other.type, message.value));
      expect([other.name, refused.code]).toEqual([other.name, 'malformed_body']);
    }
  });
});

it('names everything that is not acceptable at once, up to 20 faults', async () => {
  const submit = EXAMPLE_MESSAGES.find(({ name }) => name === 'SubmitRequestBody');
  if (!submit) throw new Error('no example');
  const refused = await parse(submit, { request: 7, extra: 1 });
  expect(refused.message).toBe(
    'not acceptable: `(unknown member)` fails whitelistValidation; `request` fails maxLength; `request` fails matches; ' +
      '`log_size` fails isInt; `log_size` fails min; `log_size` fails max',
  );
  const flooded = await parse(submit, Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${at}`, at])));
  expect(flooded.message?.split(';')).toHaveLength(20);
});
