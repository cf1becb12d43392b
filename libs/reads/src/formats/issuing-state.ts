/**
 * States, the District, territories and provinces whose plates are seen here. A plate state is one of these or absent: two
 * letters alone do not tell California from Canada (`ca`), Delaware from Germany (`de`) or Indiana from India (`in`).
 */
const STATES: Readonly<Record<string, string>> = {
  AL: 'alabama',
  AK: 'alaska',
  AZ: 'arizona',
  AR: 'arkansas',
  CA: 'california',
  CO: 'colorado',
  CT: 'connecticut',
  DE: 'delaware',
  DC: 'district of columbia',
  FL: 'florida',
  GA: 'georgia',
  HI: 'hawaii',
  ID: 'idaho',
  IL: 'illinois',
  IN: 'indiana',
  IA: 'iowa',
  KS: 'kansas',
  KY: 'kentucky',
  LA: 'louisiana',
  ME: 'maine',
  MD: 'maryland',
  MA: 'massachusetts',
  MI: 'michigan',
  MN: 'minnesota',
  MS: 'mississippi',
  MO: 'missouri',
  MT: 'montana',
  NE: 'nebraska',
  NV: 'nevada',
  NH: 'new hampshire',
  NJ: 'new jersey',
  NM: 'new mexico',
  NY: 'new york',
  NC: 'north carolina',
  ND: 'north dakota',
  OH: 'ohio',
  OK: 'oklahoma',
  OR: 'oregon',
  PA: 'pennsylvania',
  RI: 'rhode island',
  SC: 'south carolina',
  SD: 'south dakota',
  TN: 'tennessee',
  TX: 'texas',
  UT: 'utah',
  VT: 'vermont',
  VA: 'virginia',
  WA: 'washington',
  WV: 'west virginia',
  WI: 'wisconsin',
  WY: 'wyoming',
  AS: 'american samoa',
  GU: 'guam',
  MP: 'northern mariana islands',
  PR: 'puerto rico',
  VI: 'virgin islands',
};

const PROVINCES: Readonly<Record<string, string>> = {
  AB: 'alberta',
  BC: 'british columbia',
  MB: 'manitoba',
  NB: 'new brunswick',
  NL: 'newfoundland and labrador',
  NS: 'nova scotia',
  NT: 'northwest territories',
  NU: 'nunavut',
  ON: 'ontario',
  PE: 'prince edward island',
  QC: 'quebec',
  SK: 'saskatchewan',
  YT: 'yukon',
};

const BY_NAME: ReadonlyMap<string, string> = new Map(
  [...Object.entries(STATES), ...Object.entries(PROVINCES)].map(([code, name]) => [name, code]),
);

/**
 * The state or province of a plate as sources write it: `us-wa`, `ca-on`, `Washington`, and `WA` in capitals. Lower-case
 * `ca` and `de` are how sources write countries, and a number is a vendor's own list of countries: neither is a state.
 * @returns two letters, or undefined
 */
export function issuingStateOf(text: string): string | undefined {
  const region = /^(us|ca)[-_]([a-z]{2})$/i.exec(text);
  if (region) {
    const [, country = '', code = ''] = region;
    return known(country.toLowerCase() === 'us' ? STATES : PROVINCES, code.toUpperCase());
  }
  if (/^[A-Z]{2}$/.test(text)) return known(STATES, text) ?? known(PROVINCES, text);
  return BY_NAME.get(text.toLowerCase());
}

function known(codes: Readonly<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(codes, code) ? code : undefined;
}
