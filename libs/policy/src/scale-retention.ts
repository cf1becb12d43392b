import type { Level, Protection } from './scale.js';
import { statute, type Statute } from './statute.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

function days(count: number, text: string, ...statutes: readonly Statute[]): Level {
  return { id: `days-${count}`, text, seconds: count * DAY, statutes };
}

export const RETENTION: Protection = {
  id: 'retention',
  question: 'after how long at most are reads deleted that belong to no case?',
  levels: [
    { id: 'unlimited', text: 'never', statutes: [] },
    days(1095, 'within three years', statute('NJ', 'AG Directive 2022-12', '3 years', 'M', 'nj.gov/njsp/ALPR')),
    days(
      900,
      'within 30 months, counted as 900 days',
      statute('GA', 'O.C.G.A. 35-1-22', '30 months', 'H', 'getpocketlaw.com ga 35-1-22'),
      statute('VT', '23 V.S.A. 1607-1608', '18 months on the state server', 'H', 'self-law.org vt 1608'),
    ),
    days(
      365,
      'within one year',
      statute('UT', 'Utah Code 41-6a-2003 to 2005', '9 months', 'H', 'self-law.org ut 41-6a-2004'),
    ),
    days(
      180,
      'within 180 days',
      statute('NE', 'Neb. Rev. Stat. 60-3201 to 60-3209', '180 days', 'H', 'self-law.org 60-3205'),
      statute('AR', 'Ark. Code 12-12-1801 to 1808', '150 days', 'M', 'repo.buzz/alpr-state-statutes'),
    ),
    days(
      90,
      'within 90 days',
      statute('MT', 'Mont. Code 46-5-117, 46-5-118', '90 days', 'H', 'self-law.org mt 46-5-118'),
      statute('NC', 'N.C.G.S. 20-183.30 to 20-183.32A', '90 days', 'H', 'self-law.org nc 20-183-32'),
      statute('TN', 'Tenn. Code 55-10-302', '90 days', 'H', 'getpocketlaw.com tn 55-10-302'),
    ),
    days(
      60,
      'within 60 days',
      statute('CA', 'Cal. Veh. Code 2413', '60 days, Highway Patrol only', 'H', 'california.public.law'),
      statute('MN', 'Minn. Stat. 13.824', '60 days unless in an active investigation', 'L', 'not verified'),
    ),
    days(
      30,
      'within 30 days',
      statute('OR', 'SB 1516 (2026) §§ 3-11', '30 days', 'M', 'wiki.hearn.me/sources/Oregon-SB-1516-Enrolled'),
    ),
    days(
      21,
      'within 21 days',
      statute('WA', 'SB 6002 (2026)', '21 days', 'M', 'news.ccarico.com 2026-05-27'),
      statute('VA', 'Va. Code 2.2-5517', '21 days', 'M', 'legiequity.us 1926913'),
      statute('ME', '29-A M.R.S. 2117-A(2)', '21 days', 'M', 'ncsl.org stored copy'),
    ),
    {
      id: 'minutes-3',
      text: 'within three minutes',
      seconds: 3 * MINUTE,
      statutes: [
        statute(
          'NH',
          'RSA 261:75-b',
          '3 minutes unless there is a hit',
          'L',
          'syracuse.com 2014; wording not verified',
        ),
      ],
    },
  ],
};
