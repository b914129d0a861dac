import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { endToken } from '../access.ts';
import { nothing } from '../shapes.ts';

export const revokeToken = defineAction({
  name: 'identity.revoke-token',
  title: 'End an access token',
  description: 'Ends one of your tokens, one that you made, or one of a person whom you manage, at once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.token.manage',
  input: z.strictObject({ tokenId: z.uuid().describe('The id of the token, as identity.list-tokens answers it.') }),
  output: nothing,
  async handler(ctx, { tokenId }) {
    await endToken(ctx, tokenId);
    return {};
  },
});
