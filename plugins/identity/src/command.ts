import type { Command } from '@troupe-os/core';
import { parseWords, show, UsageError } from '@troupe-os/core/command-line';

/** `troupe token create --name N [--role R]`: prints the token and nothing else. */
export const tokenCommand: Command = {
  name: 'token',
  summary: 'make an access token; with a role it is an actor of its own',
  usage: 'token create --name N [--role R] [--scope S]…',
  async run(words, door) {
    const { values, positionals } = parseWords({
      args: [...words],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        role: { type: 'string' },
        brand: { type: 'string' },
        scope: { type: 'string', multiple: true },
        days: { type: 'string' },
      },
    });
    if (positionals.length !== 1 || positionals[0] !== 'create' || !values.name) {
      throw new UsageError('It is: token create --name N [--role R] [--brand B] [--scope S]… [--days D]');
    }
    if (values.days !== undefined && !/^\d+$/.test(values.days)) throw new UsageError('--days takes a whole number.');
    const input = {
      name: values.name,
      role: values.role,
      brandId: values.brand,
      scopes: values.scope,
      expiresInDays: values.days === undefined ? undefined : Number(values.days),
    };
    const response = await door.fetch('/api/identity/create-token', {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    });
    if (!response.ok) return show(response, false);
    const { token } = (await response.json()) as { token: string };
    if (!values.role && !values.scope)
      process.stderr.write('It may do all that you may. --role makes it an actor of its own, --scope cuts it down.\n');
    process.stdout.write(`${token}\n`);
    return 0;
  },
};
