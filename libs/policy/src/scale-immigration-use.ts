import type { Protection } from './scale.js';
import { statute } from './statute.js';

export const IMMIGRATION_USE: Protection = {
  id: 'immigration-use',
  question: 'may reads be used to enforce immigration law?',
  levels: [
    { id: 'unrestricted', text: 'yes', statutes: [] },
    {
      id: 'judicial-warrant-only',
      text: 'only with a warrant signed by a judge',
      statutes: [
        statute(
          'MD',
          'Md. Code, Pub. Safety 3-529',
          'no database access for immigration without a judge’s warrant',
          'H',
          'lexace.ai PS-3-529',
        ),
      ],
    },
    {
      id: 'prohibited',
      text: 'no',
      statutes: [
        statute('WA', 'SB 6002 (2026)', 'no immigration use', 'M', 'komonews via news-you-need.com 2026-03-30'),
        statute('NM', 'SB 40 (2026)', 'no immigration use', 'M', 'nmlegis.gov SB0040JUS'),
        statute('CT', '2026 act', 'no immigration use', 'M', 'lawenforcementdigest.com 2026-05-07'),
        statute(
          'CA',
          'Cal. Gov. Code 7284 ff. (SB 54)',
          'no immigration enforcement use',
          'H',
          'AG bulletin 2023-DLE-06',
        ),
        statute(
          'OR',
          'SB 1516 (2026) §§ 3-11',
          'must not conflict with the sanctuary law',
          'M',
          'wiki.hearn.me/sources/Oregon-SB-1516-Enrolled',
        ),
      ],
    },
  ],
};
