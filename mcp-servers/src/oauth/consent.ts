// What a person is asked, and what becomes of the answer. The page itself is the web's; what it shows and does is decided here.
import { coreErrors, defineErrors } from '@troupe-os/core';
import type { Caller, SurfaceHost } from '@troupe-os/core/surface';
import type { Adapter, AdapterPayload, Client, default as Provider } from 'oidc-provider';
import { z } from 'zod';
import { type ClientFace, faceOf, isOneInstallation } from './clients.ts';
import { type OfferedPlugin, offeredTo } from './offered.ts';
import { resourceOf, wholeScope } from './resources.ts';

export const consentErrors = defineErrors('oauth', {
  unknown_request: {
    kind: 'missing',
    message: 'This request has ended, or was begun in another browser. Begin again in the app.',
  },
  nothing_chosen: { kind: 'invalid', message: 'Choose what the app may do, or refuse it.' },
});

/** What the page shows. */
export interface ConsentQuestion {
  readonly client: ClientFace;
  readonly resource: string;
  readonly offered: readonly OfferedPlugin[];
  readonly mostDays: number;
  readonly days: number;
}

const MOST_DAYS = 90;
const USUAL_DAYS = 30;

export const consentAnswer = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('refuse') }),
  z.strictObject({
    decision: z.literal('allow'),
    scopes: z.array(z.string().max(200)).max(1000),
    days: z.int().min(1).max(MOST_DAYS),
  }),
]);
export type ConsentAnswer = z.output<typeof consentAnswer>;

export interface Asked {
  readonly caller: Caller;
  readonly requestId: string;
  readonly uid: string;
  /** What the browser has in the cookie that the request began with: only there it may be answered. */
  readonly browser: string | undefined;
}

export interface Consent {
  /** Errors: core.unauthenticated, oauth.unknown_request. */
  question(asked: Asked): Promise<ConsentQuestion>;
  /** Answers where the browser goes on. Errors: the same, oauth.nothing_chosen, those of identity.allow-app. */
  answer(asked: Asked, answer: ConsentAnswer): Promise<{ returnTo: string }>;
}

export function createConsent({ kernel, publicUrl }: SurfaceHost, provider: Provider): Consent {
  async function open({ caller, uid, browser }: Asked) {
    const interaction = browser === uid ? await provider.Interaction.find(uid) : undefined;
    if (!interaction) throw consentErrors.unknown_request();
    if (caller.principal.kind !== 'user') throw coreErrors.unauthenticated();
    const { client_id, redirect_uri, resource: identifier, scope } = interaction.params as Record<string, string | undefined>;
    const client = await provider.Client.find(client_id ?? '');
    const resource = resourceOf(publicUrl, identifier ?? '');
    if (!client || !resource) throw consentErrors.unknown_request();
    const asked = scope === undefined ? [wholeScope(resource)] : scope.split(' ');
    const offered = await offeredTo(kernel, caller, resource, asked);
    return { interaction, client, resource, offered, face: faceOf(client, redirect_uri ?? '') };
  }

  return {
    async question(asked) {
      const { face, resource, offered } = await open(asked);
      return { client: face, resource: resource.url, offered, mostDays: MOST_DAYS, days: USUAL_DAYS };
    },

    async answer(asked, answer) {
      const { interaction, client, resource, offered, face } = await open(asked);
      const { returnTo, exp, params } = interaction;
      if (answer.decision === 'refuse') {
        interaction.result = { error: 'access_denied', error_description: 'the person said no' };
        await interaction.save(exp - seconds(Date.now()));
        return { returnTo };
      }
      const all = new Set(offered.flatMap(({ look, change }) => [...look, ...change]).map(({ scope }) => scope));
      const scopes = [...new Set(answer.scopes)].filter((scope) => all.has(scope));
      if (scopes.length === 0) throw consentErrors.nothing_chosen();

      const { output } = await kernel.execute({
        action: 'identity.allow-app',
        input: {
          clientId: face.clientId,
          clientName: face.name,
          clientHost: face.host,
          resource: resource.url,
          scopes,
          days: answer.days,
          replaces: isOneInstallation(face),
        },
        caller: asked.caller,
        surface: 'oauth',
        requestId: asked.requestId,
        // the button pressed twice is one yes
        idempotencyKey: `oauth-${kernel.digest(['consent', asked.uid])}`,
      });
      const { appId, personId } = output as { appId: string; personId: string };
      const lasts = answer.days * 86_400;
      // the id of the yes is the provider's id of the grant, so that ending the one ends the other
      const grant = new provider.Grant({
        jti: appId,
        accountId: personId,
        clientId: client.clientId,
        expiresIn: lasts,
      } as object);
      grant.addResourceScope(resource.url, scopes.join(' '));
      await grant.save();
      if (face.vouchedFor === 'itself') await keepRegistration(provider, client, lasts);

      // from here on the client has asked for what it was given
      interaction.params = { ...params, scope: scopes.join(' ') };
      interaction.result = { login: { accountId: personId, remember: false }, consent: { grantId: appId } };
      await interaction.save(exp - seconds(Date.now()));
      return { returnTo };
    },
  };
}

/** A registration lasts as long as what was given to it. */
async function keepRegistration(provider: Provider, client: Client, lasts: number): Promise<void> {
  const { adapter } = provider.Client as unknown as { adapter: Adapter }; // the types leave it out
  await adapter.upsert(client.clientId, client.metadata() as AdapterPayload, lasts);
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
