import { lawScale } from './scale.js';

export const IMMIGRATION_USE = lawScale('immigration-use', 'may reads be used to enforce immigration law?', {
  unrestricted: 'yes',
  'judicial-warrant-only': 'only with a warrant signed by a judge',
  prohibited: 'no',
});

export const USE_SCALES = [
  IMMIGRATION_USE,
  lawScale('health-care-use', 'may reads be used against people who seek or give protected health care?', {
    unrestricted: 'yes',
    'reproductive-care': 'not about reproductive care',
    'reproductive-and-gender-care': 'neither about reproductive nor about gender-affirming care',
  }),
  lawScale(
    'protected-activity-use',
    'may reads be used to watch speech, protest, worship or other protected activity?',
    {
      unrestricted: 'yes',
      prohibited: 'no',
    },
  ),
  lawScale('traffic-enforcement-use', 'may reads be used to enforce traffic rules?', {
    unrestricted: 'yes',
    prohibited: 'no',
  }),
  lawScale('purpose-limit', 'for which purposes may reads be used at all?', {
    any: 'any purpose of the agency',
    'law-enforcement': 'law enforcement or public safety only',
    'closed-list': 'only purposes or kinds of offence that the law lists',
  }),
  lawScale('match-as-ground', 'may an officer act on a match alone?', {
    alone: 'yes',
    'confirm-first': 'no: a person has to confirm the match, or there has to be an independent ground',
  }),
];
