import { lawScale } from './scale.js';

/** Who looks at the use of reads, how often, and what follows. */
export const OVERSIGHT_SCALES = [
  lawScale('search-record', 'what is recorded of each search?', {
    none: 'nothing that the law names',
    access: 'that it was made, when and by whom',
    'access-and-reason': 'also its reason',
    'offence-and-case': 'also the offence or the facts it rests on, and the case number',
  }),
  lawScale('record-retention', 'how long are records of searches kept?', {
    unstated: 'the law does not say',
    'years-1': 'one year at least',
    'years-5': 'five years at least',
    indefinitely: 'for ever',
  }),
  lawScale('audit-interval', 'how often is the use of reads audited?', {
    none: 'the law does not say',
    required: 'audits are required or may be ordered at any time, without an interval',
    biennial: 'every two years at least',
    yearly: 'every year at least',
    quarterly: 'every three months at least',
    monthly: 'every month',
  }),
  lawScale('audit-independence', 'who audits?', {
    none: 'nobody that the law names',
    internal: 'the agency itself',
    'other-authority': 'another authority of the state',
    independent: 'an independent auditor',
  }),
  lawScale('use-report', 'to whom is the use of reads reported?', {
    none: 'to nobody',
    'to-authority': 'to an authority, every year at least',
    'public-yearly': 'to the public, every year at least',
    'public-quarterly': 'to the public, every three months at least',
  }),
  lawScale('usage-policy', 'must an agency have a policy for the use of reads?', {
    none: 'no',
    written: 'yes, in writing',
    public: 'yes, and it is public',
    'public-comment': 'yes, and the public is heard before it is adopted',
  }),
  lawScale('device-registration', 'are readers registered with an authority?', {
    none: 'no',
    registered: 'yes',
  }),
  lawScale('user-certification', 'who may search?', {
    any: 'whom the agency admits',
    trained: 'trained and authorised persons',
    'certified-yearly': 'trained and authorised persons, as certified every year',
  }),
  lawScale('oversight-authority', 'is there an authority that can step in?', {
    none: 'none that the law names',
    named: 'yes: it may audit, sue, forbid or suspend',
  }),
  lawScale('misuse-crime', 'is misuse of reads a crime?', { no: 'not by this law', yes: 'yes' }),
  lawScale('misuse-civil', 'is there a fine or a suit for misuse of reads?', { no: 'not by this law', yes: 'yes' }),
  lawScale('public-records', 'can anybody demand reads as a public record?', {
    open: 'the law does not forbid it',
    exempt: 'no: reads are exempt or confidential',
  }),
  lawScale('technical-security', 'which standard of security does the law demand?', {
    none: 'none that it names',
    'named-standard': 'one that it names, such as the CJIS Security Policy',
  }),
  lawScale('defence-access', 'can a person who is accused get at reads?', {
    none: 'no way that the law names',
    'legitimate-purpose': 'a defence is a legitimate purpose for a request',
    'preserve-and-apply': 'a defendant can demand that reads are kept, and apply to a court for them',
    'on-request': 'reads are given to the defendant or counsel',
  }),
];
