/** One value of a closed list, with the words a person reads. */
export interface Code {
  readonly id: string;
  readonly text: string;
}

function codes(list: Readonly<Record<string, string>>): readonly Code[] {
  return Object.entries(list).map(([id, text]) => ({ id, text }));
}

/** What a query looks for. Only `plate_history` can have conditions so far; every other kind is denied. */
export const KINDS = codes({
  plate_history: 'where a named plate was seen in a window of time',
  latest_sighting: 'where a named plate was seen last',
  near_scene: 'which plates were seen in an area and window of time',
  vehicle_description: 'which vehicles of a description were seen',
  partial_plate: 'which plates that match a part were seen',
  travelling_together: 'which plates were seen together with a named plate',
  hot_list_alert: 'a standing alert on a named plate',
  pattern_search: 'vehicles that moved in a certain way',
  free_language_prompt: 'whatever a sentence describes',
});

export const PURPOSES = codes({
  'criminal-investigation': 'to investigate an offence that has happened',
  'stolen-vehicle': 'to find a vehicle reported stolen',
  'missing-person': 'to find a person reported missing or in danger',
  'wanted-person': 'to find a person for whom a judge has signed a warrant',
  'threat-to-life': 'to avert an imminent danger to a life',
  'defence-of-accused': 'to defend a person who is accused',
  'internal-oversight': 'to examine how reads were used',
  'traffic-enforcement': 'to enforce traffic or parking rules',
  'civil-matter': 'for a civil or private matter',
  'immigration-enforcement': 'to enforce immigration law',
  'protected-health-care': 'about reproductive or gender-affirming care',
  'protected-activity': 'about speech, protest, worship or another protected activity',
});

/** What an agency is, as its superior states it; a mark of a jurisdiction's law names the classes that it binds. */
export const AGENCY_CLASSES = codes({
  'municipal-police': 'police of a city or town',
  'county-sheriff': 'sheriff or police of a county',
  'state-police': 'police or patrol of a state',
  'tribal-police': 'police of a tribal nation',
  'campus-police': 'police of a public school or university',
  'private-police': 'police of a private body',
  prosecutor: 'prosecutor',
  court: 'court',
  'defence-counsel': 'counsel for the defence',
  'oversight-body': 'auditor or oversight body',
  'fusion-centre': 'fusion centre or other shared centre',
  'task-force': 'task force of several agencies',
  'federal-agency': 'federal law-enforcement agency',
  'immigration-agency': 'agency that enforces immigration law',
});

/** What a request may claim in order to be judged otherwise. `none` is stated, never left out. */
export const EXCEPTIONS = codes({
  none: 'no exception is claimed',
  emergency: 'imminent danger to a life',
  stolen: 'a vehicle reported stolen a short time ago',
  missing: 'a missing or abducted person',
});

/** Weakest first, as the levels of `legal-process-plate-history`. */
export const LEGAL_PROCESS = codes({
  none: 'nothing',
  'documented-purpose': 'a purpose written down by the agency',
  'reasonable-suspicion': 'reasonable suspicion recorded by the agency',
  'sworn-statement': 'a sworn statement',
  'court-order': 'an order of a court',
  warrant: 'a warrant signed by a judge',
});

/** On what an attestation rests, strongest first. */
export const BASES = codes({
  statute: 'an enacted law',
  policy: 'a policy that an authority has adopted',
  declaration: 'a declaration that somebody has signed',
});

/** What a released read may consist of. */
export const READ_FIELDS = codes({
  plate: 'the characters of the plate',
  plate_state: 'the state of the plate',
  seen_at: 'when it was seen',
  location: 'where it was seen',
  device: 'which camera saw it',
  confidence: 'how sure the camera was',
  camera_owner_class: 'what kind of owner the camera has',
});
