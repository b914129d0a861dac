// The same server as a program: `node outside-program.ts FOLDER`. It reads there how to be, and writes there what it did and was given.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { weatherServer } from './outside-server.ts';

const folder = process.argv[2] as string;
const said = (name: string) => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};
writeFileSync(join(folder, 'environment'), JSON.stringify(process.env));
appendFileSync(join(folder, 'started'), `${process.pid}\n`);

serveStdio(() =>
  weatherServer({
    get description() {
      return said('description') ?? 'Says the weather.';
    },
    hasAlerts: true,
    alerts: { push: (message: string) => appendFileSync(join(folder, 'alerts'), `${message}\n`) } as unknown as string[],
    async inTheMiddle() {
      if (said('dies') !== undefined) process.exit(1);
      if (said('hangs') !== undefined) await new Promise(() => undefined);
    },
  }),
);
