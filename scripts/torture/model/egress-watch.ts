// Every connection that this process opens, to whatever address: agents have none to open but the model's.
import { Socket } from 'node:net';

/** Writes down each address that is not one of `allowed` (ports of this machine) from now on. */
export function watchConnections(allowed: ReadonlySet<number>): { readonly seen: readonly string[]; stop(): void } {
  const seen: string[] = [];
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function watched(this: Socket, ...words: unknown[]) {
    const [first] = words.flat() as [{ host?: string; port?: number | string; path?: string } | number | string];
    const { host = 'localhost', port, path } = typeof first === 'object' ? first : { port: first };
    const isHere = ['127.0.0.1', 'localhost', '::1'].includes(host) && allowed.has(Number(port));
    if (path === undefined && !isHere) seen.push(`${host}:${port}`);
    return Reflect.apply(connect, this, words) as Socket;
  } as typeof connect;
  return {
    seen,
    stop() {
      Socket.prototype.connect = connect;
    },
  };
}
