// Where letters arrive: the effect outside the house, counted.
import { SMTPServer } from 'smtp-server';

export interface PostOffice {
  readonly url: string;
  /** How often a letter arrived, by the address to which it went and its Message-ID. */
  readonly arrived: ReadonlyMap<string, ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export async function openPostOffice(): Promise<PostOffice> {
  const arrived = new Map<string, Map<string, number>>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      stream.once('end', () => {
        const id = text.match(/^message-id:\s*(\S+)/im)?.[1] ?? 'none';
        for (const { address } of session.envelope.rcptTo) {
          const letters = arrived.get(address) ?? new Map<string, number>();
          arrived.set(address, letters.set(id, (letters.get(id) ?? 0) + 1));
        }
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that was killed breaks its connection off
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}`, arrived, close: () => new Promise((resolve) => server.close(resolve)) };
}
