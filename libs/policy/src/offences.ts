/** A NIBRS offence code. */
export interface Offence {
  readonly id: string;
  readonly text: string;
  readonly group: 'A' | 'B';
  /** Never allowed by `all`: a rule has to name it. */
  readonly immigration?: true;
  /** Says nothing of what is investigated, so that anything could hide below it (P04). Never allowed by `all`. */
  readonly catchAll?: true;
  /** Dropped by a later edition: nothing that is charged today has this code. */
  readonly retired?: true;
}

type Row = readonly [id: string, text: string];

const GROUP_A: readonly Row[] = [
  ['09A', 'Murder & Non-negligent Manslaughter'],
  ['09B', 'Negligent Manslaughter'],
  ['09C', 'Justifiable Homicide'],
  ['100', 'Kidnapping/Abduction'],
  ['101', 'Treason (federal)'],
  ['103', 'Espionage (federal)'],
  ['11A', 'Rape'],
  ['11B', 'Sodomy'],
  ['11C', 'Sexual Assault With An Object'],
  ['11D', 'Fondling'],
  ['120', 'Robbery'],
  ['13A', 'Aggravated Assault'],
  ['13B', 'Simple Assault'],
  ['13C', 'Intimidation'],
  ['200', 'Arson'],
  ['210', 'Extortion/Blackmail'],
  ['220', 'Burglary/Breaking & Entering'],
  ['23A', 'Pocket-picking'],
  ['23B', 'Purse-snatching'],
  ['23C', 'Shoplifting'],
  ['23D', 'Theft From Building'],
  ['23E', 'Theft From Coin-Operated Machine or Device'],
  ['23F', 'Theft From Motor Vehicle'],
  ['23G', 'Theft of Motor Vehicle Parts or Accessories'],
  ['23H', 'All Other Larceny'],
  ['240', 'Motor Vehicle Theft'],
  ['250', 'Counterfeiting/Forgery'],
  ['26A', 'False Pretenses/Swindle/Confidence Game'],
  ['26B', 'Credit Card/Automated Teller Machine Fraud'],
  ['26C', 'Impersonation'],
  ['26D', 'Welfare Fraud'],
  ['26E', 'Wire Fraud'],
  ['26F', 'Identity Theft'],
  ['26G', 'Hacking/Computer Invasion'],
  ['26H', 'Money Laundering (federal)'],
  ['270', 'Embezzlement'],
  ['280', 'Stolen Property Offenses'],
  ['290', 'Destruction/Damage/Vandalism of Property'],
  ['35A', 'Drug/Narcotic Violations'],
  ['35B', 'Drug Equipment Violations'],
  ['36A', 'Incest'],
  ['36B', 'Statutory Rape'],
  ['370', 'Pornography/Obscene Material'],
  ['39A', 'Betting/Wagering'],
  ['39B', 'Operating/Promoting/Assisting Gambling'],
  ['39C', 'Gambling Equipment Violations'],
  ['39D', 'Sports Tampering'],
  ['40A', 'Prostitution'],
  ['40B', 'Assisting or Promoting Prostitution'],
  ['40C', 'Purchasing Prostitution'],
  ['49A', 'Harboring Escapee/Concealing from Arrest (federal)'],
  ['49B', 'Flight to Avoid Prosecution (federal)'],
  ['510', 'Bribery'],
  ['520', 'Weapon Law Violations'],
  ['521', 'Violation of National Firearm Act of 1934 (federal)'],
  ['522', 'Weapons of Mass Destruction (federal)'],
  ['526', 'Weapons of Mass Destruction (federal)'],
  ['58A', 'Import Violations (federal)'],
  ['58B', 'Export Violations (federal)'],
  ['61A', 'Federal Liquor Offenses'],
  ['61B', 'Federal Tobacco Offenses'],
  ['620', 'Wildlife Trafficking (federal)'],
  ['64A', 'Human Trafficking, Commercial Sex Acts'],
  ['64B', 'Human Trafficking, Involuntary Servitude'],
  ['720', 'Animal Cruelty'],
];

const IMMIGRATION: readonly Row[] = [
  ['30A', 'Illegal Entry into the United States (federal)'],
  ['30B', 'False Citizenship (federal)'],
  ['30C', 'Smuggling Aliens (federal)'],
  ['30D', 'Re-entry after Deportation (federal)'],
  ['49C', 'Flight to Avoid Deportation (federal)'],
];

const GROUP_B: readonly Row[] = [
  ['90A', 'Bad Checks'],
  ['90B', 'Curfew/Loitering/Vagrancy Violations'],
  ['90C', 'Disorderly Conduct'],
  ['90D', 'Driving Under the Influence'],
  ['90E', 'Drunkenness'],
  ['90F', 'Family Offenses, Nonviolent'],
  ['90G', 'Liquor Law Violations'],
  ['90H', 'Peeping Tom'],
  ['90J', 'Trespass of Real Property'],
  ['90K', 'Failure to Appear (federal)'],
  ['90L', 'Federal Resource Violations'],
  ['90M', 'Perjury (federal)'],
];

/** The NIBRS codes of the 2019 technical specification; codes added since are unknown here and so denied. */
export const OFFENCES: readonly Offence[] = [
  ...GROUP_A.map(([id, text]): Offence => ({ id, text, group: 'A' })),
  ...IMMIGRATION.map(([id, text]): Offence => ({ id, text, group: 'A', immigration: true })),
  ...GROUP_B.map(([id, text]): Offence => ({ id, text, group: 'B' })),
  { id: '90I', text: 'Runaway', group: 'B', retired: true },
  { id: '90Z', text: 'All Other Offenses', group: 'B', catchAll: true },
];
