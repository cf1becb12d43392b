import { lawScale, type Level, type Protection } from './scale.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

function days(count: number, text: string): Level {
  return { id: `days-${count}`, text, seconds: count * DAY };
}

/** A limit in months or years is counted at its longest: 30 months can be 915 days, and a year has 366 now and then. */
export const RETENTION: Protection = {
  id: 'retention',
  subject: 'law',
  question: 'after how long at most are reads deleted that belong to no case?',
  levels: [
    { id: 'unlimited', text: 'never' },
    days(1096, 'within three years'),
    days(915, 'within 30 months'),
    days(550, 'within 18 months'),
    days(366, 'within one year'),
    days(276, 'within nine months'),
    days(180, 'within 180 days'),
    days(150, 'within 150 days'),
    days(90, 'within 90 days'),
    days(60, 'within 60 days'),
    days(30, 'within 30 days'),
    days(21, 'within 21 days'),
    { id: 'minutes-3', text: 'within three minutes', seconds: 3 * MINUTE },
    { id: 'at-once', text: 'at once where nothing matched', seconds: 0 },
  ],
};

export const PRESERVATION = lawScale('preservation', 'what does it take to keep reads beyond that limit?', {
  'no-condition': 'nothing',
  'named-case': 'a case that they belong to, and no longer than it is open',
  'sworn-statement': 'a sworn statement or a warrant, for a limited time',
  'court-order': 'an order of a court, for a limited time',
});
