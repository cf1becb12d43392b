import type { JsonObject } from '#protocol';
import { CASE, NARRATIVE, PLATE, canaryQuery } from './canary-story.js';
import { ASKING, HOLDING, type Node } from './watched-federation.js';

/** Bodies that no door can read, with a canary in every place where an error might repeat it; `whole` is one that is right. */
export function malformedBodies(whole: JsonObject): readonly string[] {
  return [
    `{"${PLATE}": 1}`,
    `{"plate": "${PLATE}"`,
    `"${PLATE}"`,
    `["${PLATE}"]`,
    `{"plate":"${PLATE}","plate":"${PLATE}"}`,
    JSON.stringify({ ...whole, [PLATE]: NARRATIVE }),
    JSON.stringify({ ...whole, purpose: `${PLATE} ${NARRATIVE}` }),
    JSON.stringify({ ...whole, offence: PLATE }),
    JSON.stringify({ ...whole, case_number: [CASE] }),
    JSON.stringify({ ...whole, narrative: { text: NARRATIVE } }),
    JSON.stringify({ ...whole, beneficiary: `https://${PLATE}.example/${NARRATIVE}` }),
    JSON.stringify({ ...whole, owners: [`http://127.0.0.1:1/${PLATE}`] }),
    JSON.stringify({ ...whole, legal_process: { class: PLATE, reference: CASE } }),
    JSON.stringify({ ...whole, query: canaryQuery({ plate: `${PLATE}!${NARRATIVE}` }) }),
    JSON.stringify({ ...whole, query: { ...canaryQuery({}), from: PLATE } }),
    JSON.stringify({ ...whole, query: { ...canaryQuery({}), [PLATE]: PLATE } }),
    JSON.stringify({ ...whole, narrative: `${NARRATIVE} `.repeat(4000) }),
  ];
}

/** Doors that others than officers come to, and addresses that hold a canary themselves. */
export const DOORS: readonly (readonly [Node, string, string])[] = [
  ['broker', 'POST', '/requests'],
  ['broker', 'POST', '/release-notices'],
  ['broker', 'POST', '/trace'],
  [HOLDING, 'POST', '/grants'],
  [HOLDING, 'POST', '/trace'],
  [ASKING, 'POST', '/session/finish'],
  ['broker', 'GET', `/${PLATE}`],
  ['broker', 'GET', `/ledger/entries?from=${PLATE}&to=${NARRATIVE}`],
  ['broker', 'GET', `/ledger/entries?from=0&from=${PLATE}`],
  ['broker', 'GET', `/%E0%A4%A/${PLATE}`],
  [ASKING, 'GET', `/asks/${PLATE}`],
  [ASKING, 'GET', `/trace/${PLATE}?case=${CASE}`],
];
