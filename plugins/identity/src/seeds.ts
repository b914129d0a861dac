import { defineSeed } from '@troupe-os/core';
import { recordGrant } from './grants.ts';
import { addPerson } from './people.ts';
import { brands, departments, people } from './schema.ts';

const FIRST_BRANDS = [
  { id: 'zig-zag', name: 'ZIG ZAG' },
  { id: 'gallery', name: 'Gallery' },
  { id: 'vault', name: 'Vault' },
];

export const firstBrands = defineSeed({
  name: 'first-brands',
  when: 'base',
  async run(ctx) {
    const rows = FIRST_BRANDS.map((brand) => ({ ...brand, createdAt: ctx.now }));
    await ctx.db.insert(brands).values(rows).onConflictDoNothing();
  },
});

/** Who holds Admin here is the Finance Admin. */
export const firstDepartments = defineSeed({
  name: 'first-departments',
  when: 'base',
  async run(ctx) {
    await ctx.db.insert(departments).values({ id: 'finance', name: 'Finance', createdAt: ctx.now }).onConflictDoNothing();
  },
});

/** Has no password: a link made on this machine is the first sign-in. */
export const firstOwner = defineSeed({
  name: 'first-owner',
  when: 'base',
  async run(ctx) {
    const [person] = await ctx.db.select({ id: people.actorId }).from(people).limit(1);
    if (person) return;
    const actorId = await addPerson(ctx, { name: 'Owner', email: 'owner@troupe.local' });
    await recordGrant(ctx, actorId, { role: 'owner' });
  },
});
