import { isJsonObject, type JsonObject } from '#protocol';
import { table } from './table.js';
import { bad, bold, good, warn, type Line } from './terminal.js';

/** One line a camera. */
export function listCameras(cameras: readonly JsonObject[]): Line[] {
  if (cameras.length === 0) return ['no camera is registered; comity camera add --help'];
  return table(
    ['camera', 'format', 'owner', 'state', 'last read', 'accepted (30 d)', 'rejected (30 d)'],
    cameras.map((camera) => [
      said(camera, 'id'),
      said(camera, 'format'),
      said(camera, 'owner_class'),
      camera['revoked_at'] === null ? good('in force') : bad('revoked'),
      said(camera, 'read_at') || 'never',
      said(camera, 'accepted'),
      rejectedCount(camera) === 0 ? '0' : warn(String(rejectedCount(camera))),
    ]),
  );
}

/** All that is known of one camera. */
export function describeCamera(camera: JsonObject): Line[] {
  const location = isJsonObject(camera['location'])
    ? `${said(camera['location'], 'lat')}, ${said(camera['location'], 'lon')}`
    : 'none registered';
  const revoked = said(camera, 'revoked_at');
  return [
    [bold(said(camera, 'id')), '  ', revoked === '' ? good('in force') : bad(`revoked ${revoked}`)],
    `  format           ${said(camera, 'format')}`,
    `  owner class      ${said(camera, 'owner_class')}`,
    `  name in reads    ${said(camera, 'device')}`,
    `  place            ${location}`,
    `  time zone        ${said(camera, 'time_zone') || 'none: times without an offset are rejected'}`,
    ...(said(camera, 'named') === '' ? [] : [`  calls itself     ${said(camera, 'named')}`]),
    `  registered       ${said(camera, 'registered_at')}, secret since ${said(camera, 'secret_since')}`,
    `  last post        ${said(camera, 'posted_at') || 'never'}`,
    `  last read        ${said(camera, 'read_at') || 'never'}`,
    ...(said(camera, 'rejected_at') === ''
      ? []
      : [`  last rejection   ${said(camera, 'rejected_at')}: ${said(camera, 'rejected_because')}`]),
    'in the last 30 days',
    `  accepted         ${said(camera, 'accepted')}`,
    `  already present  ${said(camera, 'already_present')}`,
    `  superseded       ${said(camera, 'superseded')}`,
    `  no sighting      ${said(camera, 'passed_over')}`,
    ['  rejected         ', rejectedCount(camera) === 0 ? '0' : warn(rejections(camera))],
  ];
}

function rejections(camera: JsonObject): string {
  const reasons = isJsonObject(camera['rejected']) ? camera['rejected'] : {};
  const told = Object.keys(reasons).map((reason) => `${said(reasons, reason)} ${reason}`);
  return `${rejectedCount(camera)}: ${told.join(', ')}`;
}

function rejectedCount(camera: JsonObject): number {
  const reasons = isJsonObject(camera['rejected']) ? Object.values(camera['rejected']) : [];
  return reasons.reduce((sum: number, count) => sum + (typeof count === 'number' ? count : 0), 0);
}

function said(of: JsonObject, member: string): string {
  const value = of[member];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
