import type { Protection } from './scale.js';

/** A fact about one agency, which its superior states. No statute stands behind a level. */
export const AGREEMENT_287G: Protection = {
  id: 'agreement-287g',
  question: 'which agreement under section 287(g) to act for federal immigration authorities has the agency signed?',
  levels: [
    { id: 'task-force-model', text: 'the task force model: its officers act on the street', statutes: [] },
    { id: 'jail-enforcement-model', text: 'the jail enforcement model: inside its jail', statutes: [] },
    {
      id: 'warrant-service-officer',
      text: 'the warrant service officer model: serves administrative warrants in its jail',
      statutes: [],
    },
    { id: 'none', text: 'none', statutes: [] },
  ],
};
