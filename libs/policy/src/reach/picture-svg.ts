import type { StepKind } from './reach-graph.js';
import { pictureColumns, type PictureColumns, type PictureGroup, type PictureLink } from './picture-columns.js';
import type { SideDoors } from './side-doors.js';

const WIDTH = 1240;
const BOX = { width: 190, gap: 12, minimum: 24, tallest: 120 } as const;
const TOP = 96;
const BOTTOM = 76;
const LEFT = 24;

const COLOURS: Readonly<Record<StepKind, string>> = {
  direct: '#2b6cb0',
  onward: '#b7791f',
  beneficiary: '#805ad5',
  'shared-centre': '#2f855a',
  'task-force': '#00838f',
  'agreement-287g': '#c53030',
  'shared-sign-in': '#4a5568',
  'private-control': '#97266d',
};
const LEGEND: Readonly<Record<StepKind, string>> = {
  direct: 'the owner gives it',
  onward: 'given on',
  beneficiary: 'asked on behalf of another',
  'shared-centre': 'through a shared centre',
  'task-force': 'through a task force',
  'agreement-287g': 'through a 287(g) agreement',
  'shared-sign-in': 'through a shared log-in',
  'private-control': 'through private control',
};

interface Placed {
  readonly group: PictureGroup;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** What stands above the picture: whose data, which class, and the sentence with the numbers. */
export interface PictureTitle {
  readonly title: string;
  readonly subtitle: string;
}

/**
 * The ways as one self-contained SVG: no script, no font, nothing fetched. A box is a group of parties alike, its height
 * and a link's width grow with the ways that pass; dashed is what nothing states and nothing excludes; names are in the
 * tooltips. Every text is escaped: names come from files of others.
 */
export function sideDoorsSvg(doors: SideDoors, { title, subtitle }: PictureTitle): string {
  const columns = pictureColumns(doors);
  const placed = placeGroups(columns);
  const height = Math.max(...[...placed.values()].map(({ y, height: tall }) => y + tall), TOP + 40) + BOTTOM;
  const kinds = [...new Set(columns.links.map(({ kind }) => kind))];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${round(height)}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="34" font-size="20" font-weight="600" fill="#1a202c">${escaped(title)}</text>`,
    `<text x="${LEFT}" y="58" fill="#4a5568">${escaped(subtitle)}</text>`,
    ...columns.links.toSorted((a, b) => b.ways - a.ways).map((link) => linkSvg(link, placed)),
    ...[...placed.values()].map(boxSvg),
    ...columns.links.flatMap((link) => cutSvg(link, placed)),
    legendSvg(kinds, height - 34),
    '</svg>',
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

function placeGroups({ groups }: PictureColumns): ReadonlyMap<string, Placed> {
  const last = Math.max(...groups.map(({ column }) => column), 1);
  const most = Math.max(...groups.map(({ ways }) => ways), 1);
  const placed = new Map<string, Placed>();
  for (let column = 0; column <= last; column += 1) {
    const inColumn = groups
      .filter((group) => group.column === column)
      .toSorted((a, b) => rank(b) - rank(a) || (a.label < b.label ? -1 : 1));
    let y = TOP;
    for (const group of inColumn) {
      const height = BOX.minimum + Math.sqrt(group.ways / most) * (BOX.tallest - BOX.minimum);
      const x = LEFT + (column * (WIDTH - 2 * LEFT - BOX.width)) / last;
      placed.set(group.id, { group, x, y, height });
      y += height + BOX.gap;
    }
  }
  return placed;
}

/** `all others` last, whatever passes it. */
function rank({ label, ways }: PictureGroup): number {
  return label === 'all others' ? -1 : ways;
}

function boxSvg({ group, x, y, height }: Placed): string {
  const { label, parties, ways, isTarget, column } = group;
  const fill = isTarget ? '#fed7d7' : column === 0 ? '#bee3f8' : '#edf2f7';
  const counted = parties.length === 1 ? '' : ` · ${parties.length}`;
  const shown = parties.slice(0, 60).join(', ') + (parties.length > 60 ? ` and ${parties.length - 60} more` : '');
  const tooltip = `${label}: ${number(ways)} ways. ${shown}`;
  const text = clipped(parties.length === 1 && parties[0] !== undefined ? parties[0] : `${label}${counted}`);
  return (
    `<g><title>${escaped(tooltip)}</title>` +
    `<rect x="${round(x)}" y="${round(y)}" width="${BOX.width}" height="${round(height)}" rx="4" fill="${fill}" stroke="#a0aec0"/>` +
    `<text x="${round(x + 8)}" y="${round(y + height / 2 + 4)}" fill="#1a202c">${escaped(text)}</text></g>`
  );
}

function linkSvg(link: PictureLink, placed: ReadonlyMap<string, Placed>): string {
  const [from, to] = [placed.get(link.from), placed.get(link.to)];
  if (!from || !to) return '';
  const width = 1 + 9 * Math.sqrt(link.ways / Math.max(from.group.ways, to.group.ways, 1));
  const [x1, y1] = [from.x + BOX.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = Math.max((x2 - x1) / 2, 40);
  const path = `M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(x2 - bend)} ${round(y2)} ${round(x2)} ${round(y2)}`;
  const dash = link.isStated ? '' : ' stroke-dasharray="7 4"';
  const tooltip = `${LEGEND[link.kind]}: ${link.steps} ${link.steps === 1 ? 'step' : 'steps'}, ${number(link.ways)} ways${link.isStated ? '' : '; nothing states it, nothing excludes it'}`;
  return `<path d="${path}" fill="none" stroke="${COLOURS[link.kind]}" stroke-opacity="0.5" stroke-width="${round(width)}"${dash}><title>${escaped(tooltip)}</title></path>`;
}

/** Where the smallest set of changes closes something: the number of changes at the end of the link. */
function cutSvg(link: PictureLink, placed: ReadonlyMap<string, Placed>): string[] {
  const to = placed.get(link.to);
  const from = placed.get(link.from);
  if (link.closedBy === 0 || !to || !from) return [];
  // The curve at nine tenths of its parameter.
  const x = from.x + BOX.width + (to.x - from.x - BOX.width) * 0.864;
  const y = from.y + from.height / 2 + (to.y + to.height / 2 - from.y - from.height / 2) * 0.972;
  const text = `×${link.closedBy}`;
  return [
    `<g><title>${escaped(`${link.closedBy} of the smallest set of changes close this`)}</title>` +
      `<rect x="${round(x - 4)}" y="${round(y - 11)}" width="${8 + text.length * 7}" height="16" rx="8" fill="#1a202c"/>` +
      `<text x="${round(x)}" y="${round(y + 1)}" font-size="11" fill="#ffffff">${text}</text></g>`,
  ];
}

function legendSvg(kinds: readonly StepKind[], y: number): string {
  const entries = kinds.map((kind, index) => {
    const x = LEFT + index * 205;
    return (
      `<line x1="${x}" y1="${round(y - 4)}" x2="${x + 22}" y2="${round(y - 4)}" stroke="${COLOURS[kind]}" stroke-width="4"/>` +
      `<text x="${x + 28}" y="${round(y)}" fill="#4a5568">${LEGEND[kind]}</text>`
    );
  });
  const note =
    'dashed: nothing states it and nothing excludes it · ×n: closed by n of the smallest set of changes · names: hold the pointer over a box';
  return `${entries.join('')}<text x="${LEFT}" y="${round(y + 20)}" fill="#718096">${note}</text>`;
}

function clipped(text: string): string {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
