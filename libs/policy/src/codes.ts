/** One value of a closed list, with the words a person reads. */
export interface Code {
  readonly id: string;
  readonly text: string;
}

function codes(list: Readonly<Record<string, string>>): readonly Code[] {
  return Object.entries(list).map(([id, text]) => ({ id, text }));
}

/** A kind of query. The kind of a request is computed from its content, never claimed (P16). */
export interface Kind extends Code {
  /** The protection that says what an officer must have before asking it: warrant parity is a question for each kind. */
  readonly legalProcess: string;
  /** Looks for a way of moving, not for a vehicle: denied unless a rule names the kind, with a warrant. */
  readonly pattern?: true;
}

function kind(id: string, text: string, legalProcess: string): Kind {
  return { id, text, legalProcess };
}

function pattern(id: string, text: string): Kind {
  return { id, text, legalProcess: 'legal-process-pattern-search', pattern: true };
}

export const KINDS: readonly Kind[] = [
  kind('plate_history', 'where a named plate was seen in a window of time', 'legal-process-plate-history'),
  kind('latest_sighting', 'where a named plate was seen last', 'legal-process-plate-history'),
  kind('near_scene', 'which plates were seen in an area and window of time', 'legal-process-area-search'),
  kind('vehicle_description', 'which vehicles of a description were seen', 'legal-process-area-search'),
  kind('partial_plate', 'which plates that match a part were seen', 'legal-process-area-search'),
  kind(
    'travelling_together',
    'which plates were seen together with a named plate',
    'legal-process-travelling-together',
  ),
  kind('hot_list_alert', 'a standing alert on a named plate', 'legal-process-alert'),
  pattern('passed_twice', 'vehicles that passed the same places again and again'),
  pattern('unusual_travel', 'vehicles that moved in an unusual way'),
  pattern('free_language_prompt', 'whatever a sentence describes'),
];

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
export interface AgencyClass extends Code {
  /** Belongs to the federation, or to another body that no law of a state binds. */
  readonly federal?: true;
  /** Belongs to a private body. */
  readonly private?: true;
  /** Enforces immigration law. */
  readonly immigration?: true;
}

export const AGENCY_CLASSES: readonly AgencyClass[] = [
  { id: 'municipal-police', text: 'police of a city or town' },
  { id: 'county-sheriff', text: 'sheriff or police of a county' },
  { id: 'state-police', text: 'police or patrol of a state' },
  { id: 'national-police', text: 'police of another country' },
  { id: 'tribal-police', text: 'police of a tribal nation' },
  { id: 'campus-police', text: 'police of a public school or university' },
  { id: 'private-police', text: 'police of a private body', private: true },
  { id: 'prosecutor', text: 'prosecutor' },
  { id: 'court', text: 'court' },
  { id: 'defence-counsel', text: 'counsel for the defence' },
  { id: 'oversight-body', text: 'auditor or oversight body' },
  { id: 'fusion-centre', text: 'fusion centre or other shared centre' },
  { id: 'task-force', text: 'task force of several agencies' },
  { id: 'federal-agency', text: 'federal law-enforcement agency', federal: true },
  { id: 'immigration-agency', text: 'agency that enforces immigration law', federal: true, immigration: true },
  { id: 'company', text: 'company or other private body', private: true },
];

/** What a request may claim in order to be judged otherwise. `none` is stated, never left out. */
export const EXCEPTIONS = codes({
  none: 'no exception is claimed',
  emergency: 'imminent danger to a life',
  stolen: 'a vehicle reported stolen a short time ago',
  missing: 'a missing or abducted person',
});

/** Weakest first, as the levels of every `legal-process-…` protection. */
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
  vehicle: 'what the camera took the vehicle for: make, model, colour, type',
  direction: 'in which direction it moved',
  candidates: 'what else the camera took the plate for',
});

/** Whose camera made a read. Laws and rules treat reads of private cameras apart. */
export const CAMERA_OWNER_CLASSES = codes({
  public: 'a public agency',
  private: 'a private person or a neighbourhood',
  business: 'a business',
  school: 'a school or university',
});

/** What an outside agency may have to state before it gets reads. The wording is that of the law named. */
export const DECLARATIONS: readonly Declaration[] = [
  {
    id: 'no-immigration-no-reproductive-care',
    text: 'reads are not used to investigate a denial of reproductive care or to detain by immigration status',
    sworn: false,
  },
  {
    id: 'no-protected-use',
    text: 'reads are used neither for immigration enforcement nor about protected care or protected activity',
    sworn: false,
  },
  {
    id: 'access-under-penalty-of-perjury',
    text: 'name and contact of who accesses, and that the purpose is true, under penalty of perjury',
    sworn: true,
  },
  {
    id: 'neighbour-agreement',
    text: 'the state of the agency agrees to the limits of the law of the state that holds the reads',
    sworn: false,
  },
];

export interface Declaration extends Code {
  /** Signed under penalty of perjury. */
  readonly sworn: boolean;
}
