import type { AuditCell } from './audit-cell.js';
import type { AuditRow } from './audit-row.js';

/**
 * The kind of query that a search of the past amounts to, by what it was called and by what it was given. `undefined` where
 * the export does not tell.
 */
export function kindOfSearch(row: AuditRow): string | undefined {
  if (row.searchType.state !== 'stated') return undefined;
  const type = row.searchType.text.replace(/ - Mobile$/u, '');
  switch (type) {
    case 'search':
    case 'lookup':
    case 'apiLookup':
    case 'apiV1':
      return kindByPlate(row.plate, row.filters);
    case 'convoy':
      return 'travelling_together';
    case 'visual':
      return 'vehicle_description';
    case 'freeform':
      return 'free_language_prompt';
    case 'multiGeo':
    case 'mostSeenOcrValues':
      return 'pattern_search';
    default:
      return undefined;
  }
}

function kindByPlate(plate: AuditCell, filters: AuditCell): string | undefined {
  switch (plate.state) {
    case 'stated':
      // A star or a question mark within a plate is a wildcard.
      return /[*?%_]/u.test(plate.text) ? 'partial_plate' : 'plate_history';
    // A mask is put over something: a plate was searched, whole or in part.
    case 'masked':
    case 'partly_masked':
      return 'plate_history';
    case 'blank':
      return filters.state === 'stated' || filters.state === 'masked' ? 'vehicle_description' : 'near_scene';
    case 'placeholder':
    case 'not_published':
      return undefined;
  }
}
