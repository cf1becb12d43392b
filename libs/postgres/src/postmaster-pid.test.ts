import { describe, expect, it } from 'vitest';
import { parsePostmasterPid } from './postmaster-pid.js';

describe('postmaster.pid', () => {
  it('gives process, port and whether the server takes connections', () => {
    const text = '9905\n/proc/self/cwd\n1795317135\n54999\n\n127.0.0.1\n  2146312        13\nready   \n';
    expect(parsePostmasterPid(text)).toEqual({ pid: 9905, port: 54_999, ready: true });
    expect(parsePostmasterPid(text.replace('ready', 'starting'))?.ready).toBe(false);
  });

  it('that is still being written has no port yet', () => {
    expect(parsePostmasterPid('9905\n/data\n1795317135\n')).toEqual({ pid: 9905, port: 0, ready: false });
  });

  it.each(['', '\n', 'x\n', '-9905\n', '1\n', '0\n', '99999999999999\n'])(
    'without a process id, as in %j, is none',
    (text) => {
      expect(parsePostmasterPid(text)).toBeUndefined();
    },
  );
});
