import type { Protection } from './scale.js';
import { statute } from './statute.js';

export const LEGAL_PROCESS_FOR_PLATE_HISTORY: Protection = {
  id: 'legal-process-plate-history',
  question: 'what must an officer have before searching where a plate has been?',
  levels: [
    { id: 'none', text: 'nothing', statutes: [] },
    {
      id: 'documented-purpose',
      text: 'a law-enforcement purpose, written down for each search',
      statutes: [
        statute(
          'OR',
          'SB 1516 (2026) §§ 3-11',
          'documented purpose and violation for each search',
          'M',
          'wiki.hearn.me/sources/Oregon-SB-1516-Enrolled',
        ),
        statute(
          'WA',
          'SB 6002 (2026)',
          'every access logged with offense type, case number and user',
          'M',
          'news.ccarico.com 2026-05-27',
        ),
        statute(
          'NE',
          'Neb. Rev. Stat. 60-3201 to 60-3209',
          'manual query only if relevant and material, reason recorded',
          'H',
          'lexace.ai 60-3204',
        ),
        statute(
          'VT',
          '23 V.S.A. 1607-1608',
          'reads older than 7 days: written and logged request',
          'H',
          'findlaw vt 1607',
        ),
      ],
    },
    {
      id: 'reasonable-suspicion',
      text: 'reasonable suspicion of a crime, recorded',
      statutes: [
        statute(
          'VA',
          'Va. Code 2.2-5517',
          'reasonable suspicion of a crime of the state',
          'M',
          'legiequity.us 1926913',
        ),
      ],
    },
    {
      id: 'sworn-statement',
      text: 'a sworn statement of articulable facts',
      statutes: [
        statute(
          'MT',
          'Mont. Code 46-5-117, 46-5-118',
          'sworn statement, for preservation',
          'H',
          'self-law.org mt 46-5-118',
        ),
        statute(
          'NC',
          'N.C.G.S. 20-183.30 to 20-183.32A',
          'sworn statement or warrant, to keep beyond 90 days',
          'H',
          'self-law.org nc 20-183-32',
        ),
      ],
    },
    {
      id: 'court-order',
      text: 'an order of a court',
      statutes: [
        statute(
          'UT',
          'Utah Code 41-6a-2003 to 2005',
          'release by court order or warrant',
          'H',
          'self-law.org ut 41-6a-2003',
        ),
        statute('NE', 'Neb. Rev. Stat. 60-3201 to 60-3209', 'court order for disclosure', 'H', 'self-law.org 60-3205'),
      ],
    },
    {
      id: 'warrant',
      text: 'a warrant signed by a judge',
      statutes: [
        statute(
          'MN',
          'Minn. Stat. 13.824',
          'warrant to monitor or track a suspect, or exigency',
          'M',
          'revisor.mn.gov 13.824 2017',
        ),
        statute('WA', 'SB 6002 (2026)', 'warrant for privately held reads only', 'M', 'news.ccarico.com 2026-05-27'),
      ],
    },
  ],
};
