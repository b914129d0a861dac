import { amount, defineAction } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { z } from 'zod';
import { appointersToday } from '../appointed.ts';
import { isCompanyWide, isSignedIn } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { DECIDE } from '../governor.ts';
import { unitCode } from '../rules.ts';
import { standingGrants } from '../schema.ts';
import { showStandingGrant, standingGrantShape } from '../standing-grants.ts';

const HOUR_MS = 3_600_000;

export const createStandingGrant = defineAction({
  name: 'governance.create-standing-grant',
  title: 'Say yes in advance',
  description:
    'Lets an agent do one action with one counterparty, up to a sum and for some hours, without asking for the yes that you could give. Never of the third tier.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: DECIDE,
  input: z.strictObject({
    agent: z.string().min(1).max(200).describe('Its id.'),
    action: z.string().min(1).max(200).describe('What it may do; you must be allowed to do it yourself.'),
    counterparty: z.string().min(1).max(200).describe('With whom, as the books name them.'),
    unit: unitCode,
    cap: amount.describe('Minor units that may be moved altogether, above 0.'),
    hours: z.int().min(1).max(8).default(1),
  }),
  output: standingGrantShape,
  async handler(ctx, { hours, ...given }) {
    // a yes in advance is given where its terms are read
    if (!isSignedIn(ctx) || !ctx.credential.startsWith('session:')) throw governanceErrors.people_only();
    const about = ctx.catalogue.action(given.action);
    if (!about || !isCompanyWide(ctx.actor, about.permission)) throw governanceErrors.beyond_your_rights();
    const agents = (await ctx.use(identityPort).holders()).filter(({ kind }) => kind === 'agent');
    if (!agents.some(({ id }) => id === given.agent)) throw governanceErrors.unknown_actor({ actorId: given.agent });
    if (given.cap <= 0n) throw governanceErrors.no_sum();
    const expiresAt = new Date(+ctx.now + hours * HOUR_MS);
    const appointedBy = await appointersToday(ctx);
    const values = { id: crypto.randomUUID(), ...given, grantedBy: ctx.actor.id, grantedAt: ctx.now, expiresAt, appointedBy };
    await ctx.db.insert(standingGrants).values(values);
    return showStandingGrant({ ...values, used: 0n, revokedAt: null });
  },
});
