// Letters over SMTP (RFC 5321). Nodemailer is loaded with the first one; all that we know of it stands in this file.
import type { Transporter } from 'nodemailer';
import type { Mail } from './driver.ts';
import { mailErrors } from './errors.ts';

const TIMEOUT_MS = 10_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

export interface SmtpSettings {
  /** `smtp://name:password@host:587` or `smtps://…`. */
  readonly url: string;
  readonly from: string;
}

/** A letter's id becomes its Message-ID, so that one that is sent twice is recognised. */
export function createSmtpMail({ url, from }: SmtpSettings): Mail {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  let transport: Promise<Transporter> | undefined;

  async function open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port && { port: Number(port) }),
      secure,
      requireTLS: !secure && !LOOPBACK.test(hostname), // no password and no link in the clear
      ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  return {
    async send({ id, to, subject, text }) {
      transport ??= open();
      const messageId = `<${id}@${from.replace(/^.*@|>$/g, '')}>`;
      try {
        await (await transport).sendMail({ from, to: { name: '', address: to }, subject, text, messageId });
      } catch (cause) {
        const { responseCode = 0 } = cause as { responseCode?: number };
        throw responseCode >= 500 ? mailErrors.mail_refused(undefined, cause) : mailErrors.mail_unavailable(undefined, cause);
      }
    },
    async close() {
      if (transport) (await transport).close();
    },
  };
}
