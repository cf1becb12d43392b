import { ValidateBy, buildMessage } from 'class-validator';
import { DIGEST } from './field-rules.js';
import { applyDecorators } from './apply-decorators.js';

/** An object whose members may all be left out, but not all at once. */
export const HasSomeMember = () =>
  ValidateBy({
    name: 'hasSomeMember',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' && value !== null && Object.values(value).some((member) => member !== undefined),
      defaultMessage: buildMessage((each) => `${each}$property must state something`),
    },
  });

/** A list of `min` to `max` different digests. */
export const IsDigestList = (max: number, min: number) => isDistinct('isDigestList', DIGEST, max, min);

/** H3 indexes of resolution 4 in ascending order, each once: one area has one spelling. */
export const IsCells = (max: number) =>
  applyDecorators(
    isDistinct('isCells', /^84[0-9a-f]{5}f{8}$/, max, 1),
    ValidateBy({
      name: 'isAscending',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) && value.every((cell, index) => index === 0 || value[index - 1] < cell),
        defaultMessage: buildMessage((each) => `${each}$property must be in ascending order`),
      },
    }),
  );

const isDistinct = (name: string, form: RegExp, max: number, min: number) =>
  ValidateBy({
    name,
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) &&
        value.length >= min &&
        value.length <= max &&
        new Set(value).size === value.length &&
        value.every((member) => typeof member === 'string' && form.test(member)),
      defaultMessage: buildMessage((each) => `${each}$property must be a list of ${min} to ${max} different values`),
    },
  });
