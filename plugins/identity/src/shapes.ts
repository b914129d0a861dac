// Shapes that several actions share.

import { CHANNELS, type Grant, moment, ROLES, secret } from '@troupe-os/core';
import { z } from 'zod';
import type { grants } from './schema.ts';

export const personId = z.uuid().describe('The id of the person, as identity.list-people answers it.');
export const builtInRole = z.enum(ROLES).describe('Owner holds all that Admin holds, and so on down to Guest.');
const slug = (message: string) =>
  z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, message);
export const roleId = slug('The id of a role is a slug like "curator".');
export const role = roleId.describe(
  'owner, admin, editor, viewer or guest, of which each holds what those after it hold; auditor; or a role of the company, as identity.list-roles answers it.',
);
export const permissions = z
  .array(z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+){2}$/, 'A permission is named plugin.noun.verb.'))
  .min(1)
  .max(500)
  .describe('Permissions that you hold yourself, as identity.get-me lists them.');
export const brandId = slug('The id of a brand is a slug like "zig-zag".');
export const departmentId = slug('The id of a department is a slug like "finance".');
/** Where a role is held. */
export const place = {
  brandId: brandId.optional().describe('The brand that the role is held on; without it, the whole company.'),
  departmentId: departmentId
    .optional()
    .describe('The department that the role is held on. It makes its holder a member, and opens no action by itself.'),
};
export const channel = z.enum(CHANNELS).describe('Where people chat.');
export const subject = z.string().min(1).max(100).describe('The id of the account in its channel.');
export const personName = z.string().min(1).max(100).regex(/\S/, 'A name is more than spaces.');
export const device = z.string().max(200).optional().describe('How the session is listed: the name of the browser or program.');

/** Addresses of people are kept out of the record like secrets: what stands there cannot be forgotten. */
export const email = secret(
  z
    .string()
    .max(254)
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'This is no e-mail address.'),
);
/** What is typed into a sign-in form may be anything, a password in the wrong field too. */
export const typedEmail = secret(z.string().min(1).max(254));
export const typedPassword = secret(z.string().min(1).max(256));
/** An authenticator's six digits, or a recovery code. */
export const typedCode = secret(z.string().trim().min(6).max(40)).describe(
  'Six digits of your authenticator, or a recovery code.',
);
/** Kept out of the record like an e-mail address: it names a person. */
export const walletAddress = secret(z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'An address is 0x and 40 hexadecimal digits.'));
export const signature = secret(
  z
    .string()
    .max(20_000)
    .regex(/^0x([0-9a-fA-F]{2})+$/, 'A signature is 0x and hexadecimal digits.'),
);
/** What `PublicKeyCredential.toJSON()` answers, as JSON. */
export const passkeyAnswer = secret(z.string().min(1).max(20_000));
export const newPassword = secret(z.string().min(10, 'A password has at least 10 characters.').max(256));

/** What every way to sign in answers. */
export const signedIn = {
  session: secret().optional().describe('Absent: a code is owed.'),
  challenge: secret().optional().describe('What identity.confirm-sign-in takes beside the code that is owed.'),
  expiresAt: moment,
  personId: z.string(),
};

export const heldRole = z.strictObject({ role: z.string(), brandId: z.string().optional(), departmentId: z.string().optional() });
/** A grant as it is told. */
export function toHeldRole({ role, brandId, departmentId }: typeof grants.$inferSelect): Grant {
  return { role, ...(brandId !== null && { brandId }), ...(departmentId !== null && { departmentId }) };
}
export const nothing = z.strictObject({});
