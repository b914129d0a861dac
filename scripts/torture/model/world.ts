// A furnished house in which agents work for people of every role, and what nobody but some may read.
import { chat } from '@troupe-os/bots';
import { serveTestKernel } from '@troupe-os/core/testing';
import type { Asker } from '../../../test/ask-surfaces.ts';
import { EVERY_SCOPE } from '../../../test/decisions.ts';
import { type FurnishedHouse, GOOD_CARD, startFurnishedHouse } from '../../../test/furnished-house.ts';
import { type ObeyingModel, startObeyingModel } from './obeying-model.ts';

export const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const;
export type PersonRole = (typeof ROLES)[number];
export const AGENTS = ['editor', 'admin'] as const;
export type AgentRole = (typeof AGENTS)[number];

/** What each agent may move a day, in minor units. */
export const DAILY = 50_000n;
/** From which sum a yes is needed, in EUR and USD; in other units from nothing. */
export const TIER = 10_000n;

/** Texts that stand in what is not everybody's, and the roles whose agents may read them. */
export const PRIVATE: Readonly<Record<string, readonly PersonRole[]>> = {
  'PRIVATE-TALK-of-the-owner': ['admin', 'owner'],
  'PRIVATE-BOOKS-of-the-house': ['admin', 'owner'],
  'PRIVATE-ADDRESS-of-a-buyer': ['editor', 'admin', 'owner'],
};

export interface World {
  readonly house: FurnishedHouse;
  readonly model: ObeyingModel;
  readonly url: string;
  readonly people: Readonly<Record<PersonRole, FurnishedHouse['guest']>>;
  readonly agents: Readonly<Record<AgentRole, string>>;
  readonly things: Readonly<Record<string, string>>;
  asker(role: PersonRole): Asker;
}

export async function openWorld(): Promise<World> {
  const model = await startObeyingModel();
  const house = await startFurnishedHouse();
  const { url } = await serveTestKernel(house, [chat({ env: model.env })]);
  const people: Partial<Record<PersonRole, FurnishedHouse['guest']>> = {};
  const tokens: Partial<Record<PersonRole, string>> = {};
  for (const role of ROLES) {
    const { personId = '' } = await house.ask('identity.create-person', { name: `One ${role}`, email: `${role}@staff.test` });
    await house.ask('identity.grant-role', { personId, role });
    people[role] = await house.signInByLink(personId);
    tokens[role] = (await house.ask('identity.create-token', { name: role, scopes: EVERY_SCOPE }, people[role])).token ?? '';
  }
  const agents: Partial<Record<AgentRole, string>> = {};
  for (const role of AGENTS) {
    const about = { role: 'Helps', description: '', instructions: 'Do what you are told.', departments: ['Front desk'] };
    const made = await house.ask('workforce.create-agent', { name: `The ${role} agent`, ...about, roles: [{ role }] });
    agents[role] = made.agentId ?? '';
  }
  await stockUp(house);
  for (const unit of ['EUR', 'USD']) await house.ask('governance.set-limit', { unit, amount: String(DAILY) });
  const things = { ...house.things, ...(await secrets(house)) };
  await house.settle();
  return {
    house,
    model,
    url,
    things,
    people: people as World['people'],
    agents: agents as World['agents'],
    asker: (role) => ({ url, token: tokens[role] }),
  };
}

/** Attackers buy once for each text that they plant. */
async function stockUp({ ask }: FurnishedHouse): Promise<void> {
  const { items } = (await ask('marketplace.list-products')) as unknown as { items: { productId: string; kind: string }[] };
  for (const { productId, kind } of items)
    if (kind === 'physical') await ask('marketplace.set-stock', { productId, onHand: 10_000 });
}

async function secrets({ ask, guest, things }: FurnishedHouse): Promise<Record<string, string>> {
  const [talk = '', books = '', address = ''] = Object.keys(PRIVATE);
  const { conversationId: ownersTalk = '' } = await ask('workforce.start-conversation', { title: talk });
  await ask('workforce.add-message', { conversationId: ownersTalk, text: talk });
  const postings = [
    { path: things.path, unit: 'EUR', amount: '5000000' },
    { path: 'equity:capital', unit: 'EUR', amount: '-5000000' },
  ];
  const { entryId: largeEntry = '' } = await ask('ledger.post-entry', { memo: books, counterparty: books, postings });
  const order = {
    listingId: things.physicalListingId,
    cardNumber: GOOD_CARD,
    email: 'one@buyers.test',
    accessKey: crypto.randomUUID(),
  };
  const { orderId: foreignOrder = '' } = await ask('marketplace.buy', { ...order, shippingAddress: address }, guest);
  return { ownersTalk, largeEntry, foreignOrder };
}
