import { Transform, plainToInstance } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, ValidateBy, ValidateNested, buildMessage } from 'class-validator';
import { applyDecorators } from './apply-decorators.js';

export type Kinds = Readonly<Record<string, new () => object>>;

/** What names no known kind: refused by its `kind`, so that the error says where. */
class UnknownKind {
  @IsIn([])
  kind: unknown;
}

/** For what strict JSON has read; what is no object stays as it came, and is refused by the check. */
function instanceOfKind(kinds: Kinds, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { kind } = value as { kind?: unknown };
  const type = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  return plainToInstance(type ?? UnknownKind, value, { enableImplicitConversion: false, exposeDefaultValues: false });
}

const isOfKinds = (kinds: Kinds, value: unknown): boolean =>
  Object.values(kinds).some((type) => value instanceof type && value.constructor === type);

/**
 * One object whose member `kind` picks its class, so that a member of another kind is unknown and refused (P16). Not the
 * discriminator of class-transformer, which reads an unknown kind as its base class.
 */
export const IsKind = (kinds: () => Kinds) =>
  applyDecorators(
    ValidateBy({
      name: 'isOfKnownKind',
      validator: {
        validate: (value: unknown) => isOfKinds(kinds(), value),
        defaultMessage: buildMessage((each) => `${each}$property must be one object of a known kind`),
      },
    }),
    ValidateNested(),
    Transform(({ value }) => instanceOfKind(kinds(), value), { toClassOnly: true }),
  );

/** A list of 1 to `max` such objects. */
export const IsKindList = (kinds: () => Kinds, max: number) =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ValidateBy({
      name: 'isKindList',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) && value.length >= 1 && value.every((member) => isOfKinds(kinds(), member)),
        defaultMessage: buildMessage((each) => `${each}$property must be a list of objects of known kinds`),
      },
    }),
    ValidateNested({ each: true }),
    Transform(
      ({ value }: { value: unknown }) =>
        Array.isArray(value) ? value.map((member) => instanceOfKind(kinds(), member)) : value,
      { toClassOnly: true },
    ),
  );
