import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { addPerson } from '../people.ts';
import { assertCompanyWide } from '../rights.ts';
import { email, personName } from '../shapes.ts';

export const createPerson = defineAction({
  name: 'identity.create-person',
  title: 'Add a person',
  description:
    'Adds a person who may sign in, with no role yet. Give a role with identity.grant-role, a first sign-in with identity.create-link.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.person.manage',
  personal: ['name'],
  input: z.strictObject({ name: personName, email }),
  output: z.strictObject({ personId: z.string() }),
  async handler(ctx, person) {
    assertCompanyWide(ctx, 'identity.person.manage');
    return { personId: await addPerson(ctx, person) };
  },
});
