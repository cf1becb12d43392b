import { agencyScale } from './scale.js';

/**
 * Facts about one agency, which its superior states. Each is a side door by which others come to the reads that the agency
 * gets; only attested absence improves a level, so that leaving one out gains nothing. No statute stands behind a level.
 */
export const AGENCY_FACT_SCALES = [
  agencyScale(
    'agreement-287g',
    'which agreement under section 287(g) to act for federal immigration authorities has the agency signed?',
    {
      'task-force-model': 'the task force model: its officers act on the street',
      'jail-enforcement-model': 'the jail enforcement model: inside its jail',
      'warrant-service-officer': 'the warrant service officer model: serves administrative warrants in its jail',
      none: 'none',
    },
  ),
  agencyScale('task-force', 'with whom do its officers serve in task forces that can use its access?', {
    'federal-led': 'in one that a federal agency leads',
    'federal-members': 'in one with federal members',
    'local-only': 'only with agencies that are not federal',
    none: 'with nobody',
  }),
  agencyScale('shared-centre', 'does a shared or fusion centre have the use of its access?', {
    'federal-members': 'one that federal agencies belong to',
    'local-only': 'one without federal agencies',
    none: 'no',
  }),
  agencyScale('sign-in', 'how do its officers sign in?', {
    shared: 'with names or passwords that several may know',
    personal: 'each as a person, with a second factor',
    'device-bound': 'each as a person, with a second factor and a device that belongs to the agency',
  }),
  agencyScale('control', 'who controls the agency?', {
    private: 'a private body',
    'public-with-private-users': 'a public body that lets private persons use its access',
    public: 'a public body alone',
  }),
  agencyScale('vendor-access', 'what may the vendor do with the reads it holds for the agency?', {
    'own-purposes': 'use or disclose them for purposes of its own',
    'on-instruction': 'only what the agency instructs it to',
    none: 'nothing: it holds none that it could read',
  }),
  agencyScale('commercial-network', 'how far has the agency opened its own reads on a vendor’s network?', {
    national: 'to agencies anywhere',
    statewide: 'to every agency of its state',
    'one-to-one': 'only to agencies that it has chosen one by one',
    none: 'to nobody',
  }),
];
