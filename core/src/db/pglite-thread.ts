// The main thread's side of one worker: starts it, asks it, ends it.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { databaseErrors } from './errors.ts';
import { type Answer, brief, type Request, type Work, type WorkerSettings } from './pglite-protocol.ts';

export interface Thread {
  /**
   * Errors: a refused statement as `databaseError` reads it; when the worker ended first database.gone, and database.unreachable for the end
   * of a turn that it had not come to.
   */
  ask(work: Work, turn?: number): Asked;
  /** Whether whoever asks next is served at once: nobody waits for an answer or has a turn. */
  isIdle(): boolean;
  /** Ends the worker at once, whatever it is doing. */
  end(): Promise<void>;
}

export interface Asked {
  readonly id: number;
  readonly answer: Promise<unknown>;
}

export interface ThreadEvents {
  notified(channel: string, payload: string): void;
  /** The worker ended by itself. */
  lost(): void;
}

/** Resolves when the database is open. Errors: database.open_failed. */
export async function startThread(settings: Omit<WorkerSettings, 'ending'>, events: ThreadEvents): Promise<Thread> {
  const ending = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  // not import.meta.url alone: the file is TypeScript in the repository and JavaScript in what is published
  const worker = new Worker(new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { ...settings, ending } satisfies WorkerSettings,
    transferList: settings.snapshot ? [settings.snapshot] : [],
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const noise = tailOf(worker);
  const waiting = new Map<number, PromiseWithResolvers<unknown> & Pick<Request, 'op' | 'turn'>>();
  const opened = Promise.withResolvers<void>();
  const turns = new Set<number>();
  let nextId = 1;
  let serving = false;
  let over = false;

  worker.on('message', (answer: Answer) => {
    if (answer.kind === 'ready') {
      serving = true;
      return opened.resolve();
    }
    if (answer.kind === 'refused')
      return opened.reject(databaseErrors.open_failed({ folder: settings.folder, reason: answer.reason }));
    if (answer.kind === 'notified') return events.notified(answer.channel, answer.payload);
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (asked?.op === 'give' && asked.turn !== undefined) turns.delete(asked.turn);
    if (answer.kind === 'done') asked?.resolve(answer.value);
    else asked?.reject(Object.assign(new Error(answer.failure.message), answer.failure));
  });
  worker.on('error', (error) => stopped(brief(error.message)));
  worker.on('exit', () => stopped(noise()));

  function stopped(reason: string) {
    opened.reject(databaseErrors.open_failed({ folder: settings.folder, reason }));
    const isUndone = Atomics.load(new Int32Array(ending), 0) === 0;
    for (const asked of waiting.values())
      asked.reject((asked.op === 'give' && isUndone ? databaseErrors.unreachable : databaseErrors.gone)({ reason }));
    waiting.clear();
    if (serving && !over) events.lost();
    over = true;
  }

  async function end() {
    over = true;
    await worker.terminate();
  }

  await opened.promise.catch(async (error) => {
    await end();
    throw error;
  });
  return {
    ask(work, turn) {
      const id = nextId++;
      const asked = Promise.withResolvers<unknown>();
      if (over) asked.reject(databaseErrors.gone());
      else {
        worker.postMessage({ ...work, id, turn });
        if (work.op === 'take') turns.add(id);
        waiting.set(id, { ...asked, op: work.op, turn });
      }
      return { id, answer: asked.promise };
    },
    isIdle: () => waiting.size === 0 && turns.size === 0,
    end,
  };
}

/** The last that the worker wrote to its output, which is kept off ours. */
function tailOf(worker: Worker): () => string {
  let tail = '';
  worker.stdout.resume();
  worker.stderr.on('data', (data) => {
    tail = (tail + data).slice(-2000);
  });
  return () => brief(tail);
}
