import { canonicalJson, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { deepFreeze } from './frozen.js';
import { PolicyError } from './policy-error.js';
import type { Problem } from './problem.js';
import type { Rule } from './rule.js';
import { ruleShape } from './rule-shape.js';
import type { Shape } from './shape.js';
import { StrictReader } from './strict-reader.js';
import { VOCABULARIES, VOCABULARY, vocabularyByDigest } from './vocabulary.js';
import { parseYaml } from './yaml.js';

export const MAX_RULE_BYTES = 64 * 1024;
const LIMITS = { maxDepth: 12, maxValues: 4000 };
/** What the token that carries a rule adds to it. */
const ENVELOPE = ['iss', 'iat', 'jti'];

const SHAPES: ReadonlyMap<string, Shape<Rule>> = new Map(
  VOCABULARIES.map((vocabulary) => [vocabulary.digest, ruleShape(vocabulary).rule]),
);

/**
 * Reads a rule. Unknown members, unknown ids, repetitions, wrong types, empty lists and documents beyond the limits
 * (64 KiB, depth 12, 4,000 values: P24) are refused, and the error lists all of them with their places. What comes back is
 * frozen and has exactly the members of the document.
 *
 * @throws PolicyError `rule_malformed`
 */
export function parseRule(document: JsonValue): Rule {
  const reader = new StrictReader();
  if (reader.withinLimits(document, LIMITS)) {
    if (canonicalJson(document).length > MAX_RULE_BYTES) {
      reader.problem('document', `larger than ${MAX_RULE_BYTES} bytes`);
    } else shapeOf(reader, document)?.read(reader, document, 'rule');
  }
  if (reader.problems.length > 0) throw new PolicyError('rule_malformed', reader.problems.map(withinRule));
  // Every member has been looked at by name and none is unknown, so the document is the rule: its digest is the digest of
  // what was signed. The copy is taken because the caller may still hold the document.
  return deepFreeze(structuredClone(document)) as unknown as Rule;
}

/** A place is named from the document's own members on. */
function withinRule({ path, message }: Problem): Problem {
  return { path: path.replace(/^rule\./, ''), message };
}

/** By the vocabulary that the document names; by the newest where it names none that is known, to list what else is wrong. */
function shapeOf(reader: StrictReader, document: JsonValue): Shape<Rule> | undefined {
  const rule = reader.object(document, 'rule', [], Object.keys((document ?? {}) as JsonObject));
  const { vocabulary } = rule;
  const known = typeof vocabulary === 'string' ? vocabularyByDigest(vocabulary) : undefined;
  return SHAPES.get((known ?? VOCABULARY).digest);
}

/** As `parseRule`, from JSON text; duplicate members and what else strict JSON forbids are refused. */
export function parseRuleText(text: string | Uint8Array): Rule {
  let document: JsonValue;
  try {
    document = parseStrictJson(text, { maxBytes: MAX_RULE_BYTES, maxDepth: LIMITS.maxDepth });
  } catch (cause) {
    throw new PolicyError('rule_malformed', [{ path: 'document', message: 'not acceptable JSON' }], { cause });
  }
  return parseRule(document);
}

/** As `parseRule`, from YAML text: the same document, with comments. */
export function parseRuleYaml(text: string | Uint8Array): Rule {
  return parseRule(parseYaml(text, MAX_RULE_BYTES));
}

/** As people write rules into files: JSON where the text begins with a brace, otherwise YAML. */
export function parseRuleFile(text: string): Rule {
  return /^\s*\{/.test(text) ? parseRuleText(text) : parseRuleYaml(text);
}

/**
 * The rule out of the verified claims of a `comity-rule+jwt`: `iss`, `iat` and `jti` belong to the token, and the owner
 * has to be the issuer, so that nobody publishes a rule for somebody else.
 */
export function ruleFromClaims(claims: JsonObject): Rule {
  const rule = parseRule(Object.fromEntries(Object.entries(claims).filter(([name]) => !ENVELOPE.includes(name))));
  if (claims['iss'] !== rule.owner) {
    throw new PolicyError('rule_malformed', [{ path: 'owner', message: 'is not the issuer of the token' }]);
  }
  return rule;
}
