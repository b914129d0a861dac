// All that came out of the house, kept until it is looked through.
import type { IncomingHttpHeaders } from 'node:http';
import type { Output } from './secrets.ts';

export interface Outputs extends Iterable<Output> {
  add(kind: string, name: string, content: string | Uint8Array): void;
}

export function createOutputs(): Outputs {
  const all: Output[] = [];
  return {
    add(kind, name, content) {
      all.push({ kind, name, bytes: typeof content === 'string' ? Buffer.from(content) : content });
    },
    [Symbol.iterator]: () => all[Symbol.iterator](),
  };
}

/** Headers one by one, as a credential of one is allowed in it alone. */
export function addRequest(outputs: Outputs, kind: string, { headers, address, body }: Heard): void {
  for (const [name, value] of Object.entries(headers)) outputs.add(`${kind} header`, name, String(value));
  outputs.add(kind, 'body', body);
  outputs.add(kind, 'address', address);
}

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly body: Buffer;
}

/**
 * From now on every answer that this process is given by an address that begins so is kept too, headers and all. The answer to wait for:
 * all of them are whole.
 */
export function keepAnswers(outputs: Outputs, isOurs: (url: URL) => boolean): { whole(): Promise<void>; end(): void } {
  const asItWas = globalThis.fetch;
  const reading: Promise<void>[] = [];
  globalThis.fetch = async (asked, init) => {
    const request = new Request(asked, init);
    const response = await asItWas(asked, init);
    const url = new URL(request.url);
    if (!isOurs(url)) return response;
    const copy = response.clone();
    const name = `${request.method} ${url.pathname}`;
    const kind = response.status < 400 ? 'answer' : 'error';
    for (const [header, value] of response.headers) outputs.add(kind, `${name} header ${header}`, value);
    reading.push(
      copy.text().then(
        (text) => outputs.add(kind, name, text),
        () => undefined, // whoever asked has gone, or the server has
      ),
    );
    return response;
  };
  return {
    async whole() {
      await Promise.all(reading.splice(0));
    },
    end() {
      globalThis.fetch = asItWas;
    },
  };
}
