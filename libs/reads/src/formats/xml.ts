import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import { Rejected } from '../rejection.js';

const MAX_DEPTH = 16;
const MAX_ELEMENTS = 2_000;

/** The five names of XML 1.0 §4.6; no others are known here, so that nothing can expand. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  // Texts stay texts: `007` is no number, and what a plate looks like is not the parser's to say.
  parseTagValue: false,
  processEntities: false,
  maxNestedTags: MAX_DEPTH,
});

/**
 * An XML document as an object of its elements: a text, an object, or a list where an element is there several times.
 * Attributes are left out. A document type, an entity of its own, and what is nested or branched beyond any camera's
 * message are refused before anything is parsed (XXE, entity expansion).
 * @throws Rejected `record_malformed`
 */
export function parseXml(text: string): JsonObject {
  if (/<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text)) throw new Rejected('record_malformed');
  if (!text.isWellFormed() || text.includes('\u0000')) throw new Rejected('record_malformed');
  refuseDeep(text);
  const body = text.replace(/^\ufeff/, '').trim();
  if (XMLValidator.validate(body) !== true) throw new Rejected('record_malformed');
  let value: unknown;
  try {
    value = parser.parse(body);
  } catch {
    // Its error repeats the text that it stopped at.
    throw new Rejected('record_malformed');
  }
  const tree = treeOf(value);
  if (!isJsonObject(tree)) throw new Rejected('record_malformed');
  return tree;
}

/** Counted on the raw text, before anything recurses over it (W03). */
function refuseDeep(text: string): void {
  let [depth, elements] = [0, 0];
  for (const [, slash, selfClosing] of text.matchAll(/<(\/?)[A-Za-z_][^<>]*?(\/?)>/g)) {
    elements += 1;
    if (slash === '/') depth -= 1;
    else if (selfClosing !== '/') depth += 1;
    if (depth > MAX_DEPTH || elements > 2 * MAX_ELEMENTS) throw new Rejected('record_malformed');
  }
}

function treeOf(value: unknown): JsonValue {
  if (typeof value === 'string') {
    return value.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (name) => ENTITIES[name] ?? name);
  }
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value !== 'object' || value === null) return null;
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => {
    if (name in Object.prototype) throw new Rejected('record_malformed');
    return [name, treeOf(member)];
  });
  return Object.fromEntries(members);
}
