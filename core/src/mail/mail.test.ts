import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, expect, test } from 'vitest';
import { createFolderMail, readLetters } from './folder.ts';
import { createSmtpMail } from './smtp.ts';

const folder = mkdtempSync(join(tmpdir(), 'troupe-mail-'));
const from = 'Troupe <post@troupe.test>';
const letter = { id: '0c7f', to: 'ann@people.test', subject: 'Come in, Zoë', text: 'Hello.\n\nhttp://troupe.test/?token=a_b-c' };

const taken: { to: string[]; from: string; user: unknown; text: string }[] = [];
const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  allowInsecureAuth: true,
  onAuth: ({ username, password }, _session, done) =>
    username === 'ann@troupe' && password === 'pass:word' ? done(null, { user: username }) : done(new Error('no')),
  onRcptTo: ({ address }, _session, done) =>
    done(address === 'gone@people.test' ? Object.assign(new Error('no such person'), { responseCode: 550 }) : null),
  async onData(stream, { envelope, user }, done) {
    const chunks = await stream.toArray();
    const sender = envelope.mailFrom ? envelope.mailFrom.address : '';
    taken.push({ to: envelope.rcptTo.map(({ address }) => address), from: sender, user, text: Buffer.concat(chunks).toString() });
    done();
  },
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const { port } = server.server.address() as { port: number };
const mail = createSmtpMail({ url: `smtp://ann%40troupe:pass%3Aword@127.0.0.1:${port}`, from });

afterAll(async () => {
  await mail.close();
  await new Promise<void>((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test('a letter goes to the mail server, signed in, with its id and its text', async () => {
  await mail.send(letter);
  expect(taken).toMatchObject([{ to: [letter.to], from: 'post@troupe.test', user: 'ann@troupe' }]);
  expect(taken[0]?.text).toContain('Message-ID: <0c7f@troupe.test>');
  expect(taken[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain('http://troupe.test/?token=a_b-c');
});

test('a name in an address or a subject brings in no other recipient and no header', async () => {
  await mail
    .send({ ...letter, to: 'ann@people.test, eve@people.test', subject: 'Hi\r\nBcc: eve@people.test' })
    .catch(() => undefined);
  expect(taken.slice(1).every(({ to }) => !to.includes('eve@people.test'))).toBe(true);
  expect(taken.slice(1).some(({ text }) => /^Bcc:/im.test(text))).toBe(false);
});

test('what the server refuses is refused for ever, and what cannot be reached may be later', async () => {
  await expect(mail.send({ ...letter, to: 'gone@people.test' })).rejects.toMatchObject({ code: 'core.mail_refused' });
  const nobody = createSmtpMail({ url: 'smtp://127.0.0.1:1', from });
  await expect(nobody.send(letter)).rejects.toMatchObject({ code: 'core.mail_unavailable' });
});

test('without a server letters land in the folder, once each, for its owner alone', async () => {
  const kept = createFolderMail({ folder: join(folder, 'mail'), from });
  expect(await readLetters(join(folder, 'mail'))).toEqual([]);
  await kept.send({ ...letter, subject: 'Come\nin' });
  await kept.send(letter);

  expect(await readLetters(join(folder, 'mail'))).toEqual([{ ...letter, from, date: expect.any(Date) }]);
  expect(statSync(join(folder, 'mail', '0c7f.txt')).mode & 0o777).toBe(0o600);
});
