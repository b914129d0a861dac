// A body must arrive at a pace: whoever sends a byte now and then holds a connection, and what waits for it, for as long as they like.
import type { IncomingMessage } from 'node:http';

const GRACE_MS = 30_000;
/** On the average since its beginning: below the slowest line that people have, above what costs nothing to keep up a thousand times. */
const LEAST_BYTES_A_SECOND = 1_024;

/** Looks at the body every `graceMs`, and ends its connection when it comes too slowly. */
export function endWhenSlow(incoming: IncomingMessage, graceMs = GRACE_MS): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = incoming.headers;
  if (length === '0' && encoding === undefined) return;
  const { socket } = incoming;
  const began = performance.now();
  const before = socket.bytesRead;
  const timer = setInterval(() => {
    // whoever reads it here may be slower than whoever sends it: what waits in between is not the sender's fault
    if (incoming.complete || socket.destroyed) clearInterval(timer);
    else if (!incoming.isPaused() && incoming.readableLength === 0) {
      const seconds = (performance.now() - began) / 1000;
      if (socket.bytesRead - before < LEAST_BYTES_A_SECOND * seconds) socket.destroy();
    }
  }, graceMs);
  timer.unref();
  incoming.once('close', () => clearInterval(timer));
}
