/** What ends with this process: at its exit at once and without waiting, at a signal in order. */
export interface StoppedWithProcess {
  stop(): Promise<void>;
  stopNow(): void;
}

const running = new Set<StoppedWithProcess>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;

/** Stops it when the process ends by itself or by a signal; a SIGKILL leaves it running, and the next start finds it. */
export function stopWithProcess(one: StoppedWithProcess): void {
  running.add(one);
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const each of running) each.stopNow();
  });
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

export function forget(one: StoppedWithProcess): void {
  running.delete(one);
}

function onSignal(signal: NodeJS.Signals): void {
  // An application with its own handler first ends its work, which needs the database, and then closes it or exits.
  if (process.listenerCount(signal) > 1) return;
  void stopAllThenEnd(signal);
}

async function stopAllThenEnd(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...running].map((each) => each.stop()));
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
