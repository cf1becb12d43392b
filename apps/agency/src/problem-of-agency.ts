import { problemOfExchange } from '#exchange/io';
import { problem, type Problem } from '#protocol';
import { ReadsError } from '#reads';

/** What an agency's doors answer for each of its failures; `undefined` leaves it to the table of #protocol. */
export function problemOfAgency(error: unknown): Problem | undefined {
  if (error instanceof ReadsError) {
    return error.code === 'store_away'
      ? problem(503, 'unavailable', 'not available at the moment', { retryAfterSeconds: 2 })
      : problem(422, error.code, 'the query is not acceptable', { detail: error.message });
  }
  return problemOfExchange(error);
}
