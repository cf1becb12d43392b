import { lawScale } from './scale.js';

/** Where reads are made, and what they are compared with. */
export const COLLECTION_SCALES = [
  lawScale('camera-places', 'may readers stand anywhere?', {
    anywhere: 'yes',
    'sensitive-excluded': 'not at clinics, places of worship, schools, courts and the like',
  }),
  lawScale('camera-mounting', 'may a reader stand alone?', {
    unattended: 'yes',
    attended: 'no: it is mounted on a vehicle and attended',
  }),
  lawScale('collection-ground', 'may readers run without a particular ground?', {
    general: 'yes',
    'specific-ground': 'no: on limited, specific grounds of weight, and not all over the area',
  }),
  lawScale('occupant-images', 'may pictures show who is in the vehicle?', {
    allowed: 'yes',
    prohibited: 'no',
  }),
  lawScale('hot-list-freshness', 'how fresh must a list of wanted plates be?', {
    unstated: 'the law does not say',
    daily: 'updated every day',
    'each-shift': 'updated at the start of each shift, manual entries removed at its end',
  }),
  lawScale('hot-list-scope', 'with which lists may reads be compared?', {
    any: 'with any',
    'limited-to-purpose': 'with lists that are limited to the purpose of the comparison',
    'closed-classes': 'only with classes of entries that the law itself lists',
  }),
];
