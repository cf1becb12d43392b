import type { MigrationInterface } from 'typeorm';
import { RefusedMarks1796462000000 } from './1796462000000-refused-marks.js';
import { SeenStatements1795305600040 } from './1795305600040-seen-statements.js';
import { FollowedFeeds1795305600041 } from './1795305600041-followed-feeds.js';
import { MemberArchive1796000100000 } from './1796000100000-member-archive.js';

/** What a broker and an agency remember of the federation; see ../README.md. */
export const migrations: readonly (new () => MigrationInterface)[] = [
  RefusedMarks1796462000000,
  SeenStatements1795305600040,
  FollowedFeeds1795305600041,
  MemberArchive1796000100000,
];
