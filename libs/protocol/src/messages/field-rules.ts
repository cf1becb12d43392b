import { applyDecorators } from './apply-decorators.js';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  buildMessage,
} from 'class-validator';

/** base64url of 32 bytes: digests, commitments, salts, thumbprints. */
export const DIGEST = /^[A-Za-z0-9_-]{43}$/;
/** An identifier drawn from 128 or more random bits. */
export const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** ASCII only (P07), no userinfo, query, fragment or dot segment; the scheme is checked where the deployment is known. */
const ENTITY_ID = /^https?:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){0,8}$/;
const CODE = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const OFFENCE = /^[0-9A-Z]{2,4}$/;
const COMPACT = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){2,4}$/;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
// An instant always carries its offset (P10); leap seconds and 24:00 are refused. Fields are range-checked by Date.parse.
const INSTANT = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-][01]\d:[0-5]\d)$/;

export const IsDigest = () => Matches(DIGEST);
export const IsIdentifier = () => Matches(IDENTIFIER);
export const IsTransactionId = () => Matches(UUID);
export const IsEntityId = () => applyDecorators(MaxLength(512), Matches(ENTITY_ID));
export const IsEntityIdList = (max: number) =>
  applyDecorators(IsArray(), ArrayMinSize(1), ArrayMaxSize(max), Matches(ENTITY_ID, { each: true }));
export const IsBeneficiary = () => applyDecorators(MaxLength(512), Matches(new RegExp(`^none$|${ENTITY_ID.source}`)));
export const IsCode = () => Matches(CODE);
export const IsOffenceCode = () => Matches(OFFENCE);
export const IsCompactToken = (maxLength = 64 * 1024, options?: { each: true }) =>
  applyDecorators(MaxLength(maxLength, options), Matches(COMPACT, options));
export const IsTraceparent = () => Matches(TRACEPARENT);
export const IsSeconds = () => applyDecorators(IsInt(), Min(0), Max(9_999_999_999));
export const IsCount = (max: number, min = 0) => applyDecorators(IsInt(), Min(min), Max(max));
export const IsFiniteNumber = (min: number, max: number) =>
  applyDecorators(IsNumber({ allowNaN: false, allowInfinity: false }), Min(min), Max(max));
/** May be left out. `null` is not left out: class-validator's `IsOptional` would let it through unread (P01). */
export const MayBeAbsent = () => ValidateIf((_message: object, value: unknown) => value !== undefined);
export const IsLiteral = (...values: readonly (string | number | boolean)[]) => IsIn(values);

/** Whether `text` is an instant with an offset that exists in the calendar. */
export function isInstant(text: unknown): text is string {
  if (typeof text !== 'string' || !INSTANT.test(text)) return false;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return false;
  // `2026-02-30` parses in some engines as 2 March: the local fields must come back unchanged.
  const offset = /([+-])(\d\d):(\d\d)$/.exec(text);
  const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(at + minutes * 60_000).toISOString().slice(0, 19) === text.slice(0, 19);
}

export const IsInstant = () =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: isInstant,
      defaultMessage: buildMessage((each) => `${each}$property must be an instant with an offset`),
    },
  });

/** Well formed, not blank, no control characters but line breaks (W15), at most `maxLength` characters. */
const isPlainText = (value: unknown, maxLength: number): boolean =>
  typeof value === 'string' &&
  value.length <= maxLength &&
  value.isWellFormed() &&
  value.trim() !== '' &&
  !/[\p{Cc}\u2028\u2029]/u.test(value.replaceAll('\n', ''));

/** Text that a person typed, and that other persons, terminals and logs show. */
export const IsPlainText = (maxLength: number) =>
  ValidateBy({
    name: 'isPlainText',
    validator: {
      validate: (value: unknown) => isPlainText(value, maxLength),
      defaultMessage: buildMessage((each) => `${each}$property must be text without control characters`),
    },
  });

/** A list of at most `max` such texts; it may be empty. */
export const IsPlainTextList = (max: number, maxLength: number) =>
  ValidateBy({
    name: 'isPlainTextList',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && value.length <= max && value.every((text) => isPlainText(text, maxLength)),
      defaultMessage: buildMessage((each) => `${each}$property must be a list of texts without control characters`),
    },
  });

/**
 * One nested object of class `type`. `@ValidateNested()` with `@Type()` alone accepts `[]` where one object is due, which
 * would read a missing dimension as met (P01).
 */
export const IsNested = (type: () => new () => object) =>
  applyDecorators(
    ValidateBy({
      name: 'isOneObject',
      validator: {
        validate: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
        defaultMessage: buildMessage((each) => `${each}$property must be one object`),
      },
    }),
    ValidateNested(),
    Type(type),
  );

/** A list of 1 to `max` objects of class `type`. */
export const IsNestedList = (type: () => new () => object, max: number, min = 1) =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ValidateBy({
      name: 'isObjectList',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) &&
          value.length >= min &&
          value.every((member) => typeof member === 'object' && member !== null && !Array.isArray(member)),
        defaultMessage: buildMessage((each) => `${each}$property must be a list of at least ${min} objects`),
      },
    }),
    ValidateNested({ each: true }),
    Type(type),
  );

/** An object whose members are read by other means than a class. */
export const IsRecord = () =>
  ValidateBy({
    name: 'isRecord',
    validator: {
      validate: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
      defaultMessage: buildMessage((each) => `${each}$property must be one object`),
    },
  });

/** The text of a signed note: well formed, lines, no other control characters, at most 16 KiB. */
export const IsNoteText = () =>
  ValidateBy({
    name: 'isNoteText',
    validator: {
      validate: (value: unknown) => isPlainText(value, 16 * 1024),
      defaultMessage: buildMessage((each) => `${each}$property must be the text of a signed note`),
    },
  });
