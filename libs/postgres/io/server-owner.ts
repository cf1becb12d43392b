import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** A process told apart from a later one with the same number: its id and its start in clock ticks since boot. */
function processMark(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in brackets and may hold anything; the 22nd field is counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${stat.split(' ', 1)[0]} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Writes down this process as the one that stops the server. The last to write owns it. */
export async function becomeOwner(ownerFile: string): Promise<void> {
  const unfinished = `${ownerFile}.${randomBytes(6).toString('hex')}`;
  await writeFile(unfinished, processMark('self') ?? '', { mode: 0o600 });
  await rename(unfinished, ownerFile);
}

/** Synchronous, so that it can be asked while the process ends. */
export function ownerOf(ownerFile: string): 'us' | 'another' | 'nobody' {
  let mark: string;
  try {
    mark = readFileSync(ownerFile, 'utf8');
  } catch {
    return 'nobody';
  }
  if (mark !== '' && mark === processMark('self')) return 'us';
  return mark !== '' && mark === processMark(Number(mark.split(' ', 1)[0])) ? 'another' : 'nobody';
}
