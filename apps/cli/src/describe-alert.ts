import { isJsonObject, type JsonObject } from '#protocol';
import { objectIn, objectsIn, optionalText, textIn, textsIn } from './json-reading.js';
import type { Cell } from './table.js';
import { bad, bold, good, warn, type Line, type Styled } from './terminal.js';

/** One row of the list of hits. */
export function alertRow(alert: JsonObject): Cell[] {
  const [entry, read] = [objectIn(alert, 'entry'), objectIn(alert, 'read')];
  return [
    textIn(alert, 'id'),
    textIn(read, 'seen_at'),
    plateOf(read),
    plateOf(entry),
    textIn(alert, 'match') === 'exact' ? 'exact' : warn('look-alike'),
    textIn(alert, 'source'),
    textIn(alert, 'list_age'),
    standing(alert),
  ];
}

/** A hit for a person: never without the age of its list, and never as if it were more than a hit. */
export function describeAlert(alert: JsonObject): Line[] {
  const [entry, read] = [objectIn(alert, 'entry'), objectIn(alert, 'read')];
  const vehicle = isJsonObject(entry['vehicle'])
    ? Object.values(entry['vehicle'])
        .filter((text) => typeof text === 'string')
        .join(' ')
    : 'not listed';
  return [
    [bold('alert '), textIn(alert, 'id'), '  ', standing(alert)],
    [
      '  listed    ',
      bold(plateOf(entry)),
      `  ${vehicle}; ${optionalText(entry, 'reason') ?? ''}, ${optionalText(entry, 'legal_basis') ?? ''}`,
    ],
    [
      '  read      ',
      bold(plateOf(read)),
      `  ${textIn(read, 'seen_at')}  ${optionalText(read, 'device') ?? ''}`,
      ...(textIn(alert, 'match') === 'exact' ? [] : ['  ', warn('a look-alike: it may be another plate')]),
    ],
    [
      '  list      ',
      `${optionalText(alert, 'list') ?? textIn(alert, 'origin')} (${textIn(alert, 'source')}), `,
      `${textIn(alert, 'list_age')} old`,
    ],
    ...(alert['state_unknown'] === true ? [['  ', warn('the state is not known: read it off the image')]] : []),
    ...objectsIn(alert, 'verifications').map((each): Line => {
      const result = textIn(each, 'result');
      return ['  looked    ', result === 'confirmed' ? good(result) : bad(result), `  ${textIn(each, 'at')}`];
    }),
    ...refusals(objectIn(alert, 'refused')),
    ...(optionalText(alert, 'acted') === undefined ? [] : [['  acted     ', textIn(alert, 'acted')]]),
    ...(optionalText(alert, 'outcome') === undefined ? [] : [['  outcome   ', textIn(alert, 'outcome')]]),
    ...(alert['false_hit'] === true ? [['  ', bad('a false hit')]] : []),
    ['  ', warn('warning  '), textIn(alert, 'warning')],
  ];
}

function standing(alert: JsonObject): Styled {
  const state = textIn(alert, 'state');
  if (state !== 'open') return bold(state);
  return alert['verified'] === true ? good('verified') : warn('unverified');
}

/** What nobody may do yet, and why. */
function refusals(refused: JsonObject): Line[] {
  return Object.keys(refused).flatMap((action): Line[] => {
    const reasons = textsIn(refused, action);
    return reasons.length === 0 ? [] : [[`  ${action.padEnd(10)}`, bad('no: '), reasons.join(', ')]];
  });
}

function plateOf(of: JsonObject): string {
  const state = optionalText(of, 'plate_state');
  return `${optionalText(of, 'plate') ?? ''}${state === undefined ? '' : `:${state}`}`;
}
