import { spawn } from 'node:child_process';

/** Opens an address in the person's own browser. */
export interface Browser {
  /** Whether one could be asked to; whether the person sees the page nobody knows. */
  open(url: string): Promise<boolean>;
}

/** A browser is asked for only where there is a display: on a server the address is printed and that is all. */
export function systemBrowser(platform: string, environment: Readonly<Record<string, string | undefined>>): Browser {
  const program = programFor(platform, environment);
  return {
    open: (url) => (program === undefined ? Promise.resolve(false) : start(program, url)),
  };
}

function programFor(platform: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (platform === 'darwin') return 'open';
  const display = environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'] ?? '';
  return platform === 'linux' && display !== '' ? 'xdg-open' : undefined;
}

/** No shell: the address is one argument, whatever is in it. */
function start(program: string, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
