import type { JsonObject } from '#protocol';
import { RULE_SCHEMA } from './rule.js';
import { ruleShape } from './rule-shape.js';
import { VOCABULARY } from './vocabulary.js';

/**
 * The published JSON Schema (2020-12) of a rule in the newest vocabulary, made of the very shapes that `parseRule` reads
 * by. What no schema can say is left to the parser: calendar days, names that have to differ, sizes of whole documents.
 */
export function ruleJsonSchema(): JsonObject {
  const { rule, definitions } = ruleShape(VOCABULARY);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:comity:schema:${RULE_SCHEMA}:${VOCABULARY.digest}`,
    title: `Comity sharing rule (${RULE_SCHEMA}, vocabulary ${VOCABULARY.version})`,
    ...rule.schema,
    $defs: definitions,
  };
}
