/**
 * The owner or the broker of a request cannot be verified at the moment: not collected, suspended, expired, or its status
 * is not known. It may pass, so that the request is taken up again until its time is over.
 */
export class PartyUnverifiable extends Error {
  override readonly name = 'PartyUnverifiable';

  constructor(readonly code: 'owner_unverifiable' | 'broker_unverifiable') {
    super('a party of the request cannot be verified at the moment');
  }
}
