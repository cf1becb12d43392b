import { lawScale } from './scale.js';

/** To whom reads may go once an agency has them, and how. */
export const SHARING_SCALES = [
  lawScale('onward-sharing', 'to whom may an agency of this law pass reads on?', {
    anybody: 'to anybody',
    'law-enforcement': 'to law enforcement or criminal justice agencies, also of other states and the federation',
    'outside-on-conditions': 'outside its state only on conditions: a declaration, a narrow purpose, the same duties',
    'named-states': 'outside its state only to states that the law names, if they agree',
    'in-state': 'only to public agencies of its own state',
    'proceedings-only': 'to nobody, except in judicial proceedings',
  }),
  lawScale('federal-sharing', 'may reads be given to federal agencies?', {
    unrestricted: 'yes',
    'court-order': 'only by order of a court',
    prohibited: 'no',
  }),
  lawScale('private-sharing', 'may reads be given to private bodies?', {
    unrestricted: 'yes',
    'service-providers': 'only to the provider that runs the system for the agency',
    prohibited: 'no',
  }),
  lawScale('sale', 'may reads be traded?', {
    unrestricted: 'yes',
    'no-sale': 'they may not be sold',
    'no-sale-no-purchase': 'they may be neither sold nor bought',
  }),
  lawScale('access-declaration', 'what must an outsider declare before it gets reads?', {
    none: 'nothing',
    written: 'a written declaration of what they are not used for',
    'penalty-of-perjury': 'a statement under penalty of perjury',
  }),
  lawScale('standing-access', 'may outsiders search without asking each time?', {
    allowed: 'yes',
    'each-request': 'no: each request goes through the agency that holds the reads',
  }),
  lawScale('central-repository', 'may the reads of several agencies be gathered in one place?', {
    unrestricted: 'yes',
    'state-server': 'only on a server of the state',
    prohibited: 'no',
  }),
  lawScale('disclosure-order', 'does it take a court to have reads disclosed?', {
    none: 'no',
    'court-order': 'yes: an order of a court or a warrant',
  }),
  lawScale('recipient-duties', 'do the duties of the law pass to whoever receives reads?', {
    none: 'no',
    'same-duties': 'yes: the recipient takes over the duties of the agency that holds them',
  }),
];
