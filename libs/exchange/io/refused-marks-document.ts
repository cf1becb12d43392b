import type { JsonObject } from '#protocol';
import type { TrustDirectory } from '#trust/io';

/** What a node tells everybody of the marks that it does not believe. Newest first. */
export async function refusedMarksDocument(directory: TrustDirectory): Promise<JsonObject> {
  const refusals = await directory.refusedMarks.list();
  return {
    refused_marks: refusals.map(({ entityId, code, mark, toldAt, quarantine }) => ({
      shown_by: entityId,
      code,
      mark,
      told_at: instant(toldAt),
      ...(quarantine && {
        quarantine: {
          issuer: quarantine.issuer,
          protection: quarantine.protection,
          until: instant(quarantine.until),
          token: quarantine.token,
          ...(quarantine.endReason !== undefined && { end_reason: quarantine.endReason }),
          ...(quarantine.endProposedBy !== undefined && { end_proposed_by: quarantine.endProposedBy }),
          ...(quarantine.endedBy !== undefined && { ended_by: quarantine.endedBy }),
          ...(quarantine.endedAt !== undefined && { ended_at: instant(quarantine.endedAt) }),
        },
      }),
    })),
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
