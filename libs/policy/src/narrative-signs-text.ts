/**
 * Free text in the forms in which signs are looked for. A writer who wants a word to be read by people and not by machines
 * writes it in look-alike letters, with invisible characters, spaced out, or with digits for letters (P05).
 */
export interface NarrativeForms {
  /** Latin letters, invisible characters and marks away, spaced-out letters joined; case as written. */
  readonly cased: string;
  /** The same in small letters, everything that is no letter or digit one space. */
  readonly plain: string;
  /** `plain` with digits and signs that stand for letters read as these: `ab0rti0n`. */
  readonly read: string;
  /** Short words that only became what they are by being read: `1CE`, `I C E`, `ІСЕ` in Cyrillic. */
  readonly disguised: ReadonlySet<string>;
}

/**
 * Letters of other scripts that look like Latin ones, from the table of Unicode Technical Standard 39 (confusables.txt):
 * Cyrillic, Greek and Armenian, and Latin letters of other languages. Compatibility forms are NFKC's.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...pairs('АВЕКМНОРСТУХІЈЅԌԚԜҺӀЗҮ', 'ABEKMHOPCTYXIJSGQWHI3Y'),
  ...pairs('авекмнорстухіјѕԁɡԛԝһӏгпиьёєыц', 'abekmhopctyxijsdgqwhlrnnbeeyu'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'),
  ...pairs('αβεικνορτυχϲγησω', 'abeiknoptuxcynow'),
  ...pairs('ՕՍօսհոց', 'OUouhng'),
  ...pairs('ıɩɪłøđɑᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'iiilodaabcdefghjklmnoprstuvwyz'),
  ...pairs('ᎥᎬᏟᎻᏚᏴᏢᎡᎪᎢ', 'IECHSBPRAT'),
};
const READ_AS: Readonly<Record<string, string>> = {
  ...pairs('0134578@$!|€', 'oieastbasiie'),
};
const SHORT_WORD = 5;

function pairs(from: string, to: string): Record<string, string> {
  const latin = [...to];
  return Object.fromEntries([...from].map((letter, at) => [letter, latin[at] ?? letter]));
}

/** Bounded by the text's length: every step reads it once. */
export function narrativeForms(text: string): NarrativeForms {
  const visible = text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '');
  const unmarked = visible.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const latin = [...unmarked].map((letter) => LOOK_ALIKES[letter] ?? letter).join('');
  const disguised = new Set<string>();
  // Three letters or more, each alone: `I C E`, `h.s.i.`, `C-B-P`.
  const cased = latin.replaceAll(
    /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ \t._*/\\·•~-]{1,3}){2,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu,
    (spaced) => {
      const joined = spaced.replaceAll(/[^\p{L}\p{N}]/gu, '');
      disguised.add(readAs(joined.toLowerCase()));
      return joined.toUpperCase();
    },
  );
  for (const word of cased.split(/[^\p{L}\p{N}@$!|€]+/u)) {
    if (word.length > SHORT_WORD) continue;
    const lower = word.toLowerCase();
    // `lCE`: a small l in the place of an I.
    const read = readAs(/[A-Z]/.test(word) ? lower.replaceAll('l', 'i') : lower);
    if (read !== lower && /\p{L}/u.test(word)) disguised.add(read);
  }
  for (const word of wordsOf(text)) if (/[^\p{ASCII}]/u.test(word)) disguised.add(readAs(narrowed(word)));
  return { cased, plain: plainOf(cased), read: plainOf(readAs(cased.toLowerCase())), disguised };
}

/** A word as written, in Latin letters. */
function narrowed(word: string): string {
  const plain = word.normalize('NFKD').replaceAll(/\p{M}|\p{Default_Ignorable_Code_Point}|\p{Cf}/gu, '');
  return [...plain]
    .map((letter) => LOOK_ALIKES[letter] ?? letter)
    .join('')
    .toLowerCase();
}

/** Words between spaces: what stands inside one is a part of it, whether it can be seen or not. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[ \t\n\r,;:()"]+/).filter((word) => word !== '' && word.length <= 4 * SHORT_WORD);
}

function readAs(text: string): string {
  return [...text].map((letter) => READ_AS[letter] ?? letter).join('');
}

function plainOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
