// A house in which something has happened already: people, books, works, sales and conversations, so that every action has something to act on.

import { Readable } from 'node:stream';
import { SCRIPTED_PRICE } from '@troupe-os/agents/testing';
import { service } from '@troupe-os/core/surface';
import { startTestKernel, type TestKernel } from '@troupe-os/core/testing';
import sharp from 'sharp';
import installation from '../troupe.config.ts';
import { tasks, workerIn } from './furnished-tasks.ts';
import { startSignInProvider } from './sign-in-provider.ts';
import { signInThings } from './sign-in-things.ts';

type Caller = TestKernel['guest'];

/** Stands in what belongs to somebody: no stranger may ever read it. */
export const CANARY = 'CANARY-of-somebody';
export const GOOD_CARD = '4242 4242 4242 4242';
const PASSWORD = 'a night on the pier';

export interface FurnishedHouse extends TestKernel {
  /** Somebody at the machine itself. */
  readonly operator: Caller;
  /** The first Owner, signed in by a link a moment ago. */
  readonly owner: Caller;
  /** Somebody who protects their sign-in, signed in a moment ago. */
  readonly careful: Caller;
  /** An agent at its task, for the first Owner. */
  readonly worker: Caller;
  /** The house in its own name, as it keeps the runs of agents. */
  itself(action: string): Caller;
  readonly things: Things;
  /** Calls an action as the Owner, and answers its output. */
  ask(action: string, input?: unknown, caller?: Caller): Promise<Record<string, string>>;
  signInByLink(personId?: string): Promise<Caller>;
  /** Receives a new picture for an action, as an upload would. */
  upload(action: string, caller?: Caller): Promise<string>;
}

/** Ids and secrets by what they are; those of plugins that are not installed are missing. */
export type Things = Readonly<Record<string, string>>;

/** What a stranger knows of them: the ids, and wrong secrets. */
export function knownToStrangers(things: Things): Things {
  return {
    ...things,
    password: 'a guess',
    link: 'a-guess',
    invitation: 'a-guess',
    challenge: 'a-guess',
    state: 'a-guess',
    message: 'a guess',
    signedPasskey: '{}',
    accessKey: 'a-guess-of-enough-letters',
    deliveryToken: 'a-guess',
    webhookSecret: 'whsec_YS1ndWVzcw==',
  };
}

/** Starts the installation's own plugins with all of it. */
export async function startFurnishedHouse(): Promise<FurnishedHouse> {
  const provider = await startSignInProvider();
  const house = await startTestKernel(installation.plugins, {
    directory: 'plugins',
    // GitHub is never asked here
    settings: { ...provider.settings, GITHUB_CLIENT_ID: 'the-house', GITHUB_CLIENT_SECRET: `${CANARY}-secret` },
  });
  await house.kernel.seed({ rehearsal: false });
  const operator: Caller = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
    tainted: false,
  };
  const ask = async (action: string, input: unknown = {}, caller: Caller = operator) =>
    (await house.call(caller, action, input)).output as Record<string, string>;
  const bearer = async (type: 'session' | 'token', secret: string): Promise<Caller> => ({
    principal: await house.kernel.authenticate({ type, secret }),
    tainted: false,
  });
  const signInByLink = async (personId?: string) => {
    const { link } = await ask('identity.create-link', personId ? { personId } : {});
    return bearer('session', (await ask('identity.redeem-link', { link }, house.guest)).session ?? '');
  };
  const owner = await signInByLink();
  let pictures = 0;
  const upload = async (action: string, caller = owner) => {
    pictures += 1;
    const isQuotes = action === 'marketdata.import-quotes';
    const bytes = isQuotes ? Buffer.from(quotesAt(new Date(house.now()))) : await paint(pictures);
    const name = `${CANARY}-${pictures}.${isQuotes ? 'csv' : 'png'}`;
    return house.kernel.receiveFile({ action, caller }, name, Readable.from([bytes]), bytes.length);
  };
  const itself = (action: string): Caller => ({ principal: service(action.split('.')[0] ?? ''), tainted: false });
  const furnished = {
    ...house,
    operator,
    owner,
    itself,
    signInByLink,
    upload,
    ask: (a: string, i?: unknown, c = owner) => ask(a, i, c),
  };
  const things: Record<string, string> = { ...(await people(furnished)), ...(await books(furnished)) };
  if (house.kernel.plugins.has('assets')) Object.assign(things, await works(furnished));
  if (house.kernel.plugins.has('marketplace')) Object.assign(things, await sales(furnished, things));
  if (house.kernel.plugins.has('charts')) {
    const table = { categories: [CANARY], series: [{ name: CANARY, values: ['731'] }] };
    const { chartId = '' } = await ask('charts.draw-chart', { kind: 'bar', title: CANARY, ...table }, owner);
    Object.assign(things, { chartId });
  }
  if (house.kernel.plugins.has('marketdata')) Object.assign(things, await prices(furnished));
  if (house.kernel.plugins.has('workforce')) {
    Object.assign(things, await conversations(furnished));
    Object.assign(things, await tasks(furnished, things, CANARY));
  }
  if (house.kernel.plugins.has('governance')) Object.assign(things, await rules(furnished, things));
  const signIn = await signInThings(furnished, { email: things.email ?? '', provider });
  await house.settle();
  const worker = workerIn(furnished, things);
  return { ...furnished, careful: signIn.careful, worker, things: { ...things, ...signIn.things } };
}

export type Bare = Omit<FurnishedHouse, 'things' | 'careful' | 'worker'>;

async function people({ ask, signInByLink, guest, kernel, owner, settle, letters }: Bare): Promise<Things> {
  const email = 'canary-of-somebody@people.test';
  const { personId = '' } = await ask('identity.create-person', { name: CANARY, email });
  await ask('identity.grant-role', { personId, role: 'viewer' });
  const person = await signInByLink(personId);
  await ask('identity.set-password', { password: PASSWORD }, person);
  const { personId: goneId = '' } = await ask('identity.create-person', { name: CANARY, email: `gone-${email}` });
  await ask('identity.deactivate-person', { personId: goneId });
  const invite = async (name: string) =>
    (await ask('identity.invite-person', { name: CANARY, email: `${name}-${email}`, role: 'viewer' })).invitationId ?? '';
  const invitationId = await invite('never');
  await invite('invited');
  await settle();
  const letter = (await letters()).find(({ to }) => to === `invited-${email}`);
  const invitation = /token=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
  const { roleId = '' } = await ask('identity.create-role', {
    roleId: 'reader',
    name: CANARY,
    permissions: ['identity.person.read'],
  });
  const { departmentId = '' } = await ask('identity.create-department', { departmentId: 'mailroom', name: CANARY });
  const { departmentId: closedDepartmentId = '' } = await ask('identity.create-department', {
    departmentId: 'closed',
    name: CANARY,
  });
  await ask('identity.archive-department', { departmentId: closedDepartmentId });
  const { link = '' } = await ask('identity.create-link', { personId });
  const { tokenId = '' } = await ask('identity.create-token', { name: CANARY });
  const allowed = { clientId: CANARY, clientName: CANARY, clientHost: CANARY, resource: 'https://house.test/mcp', days: 7 };
  const { appId = '' } = await ask('identity.allow-app', { ...allowed, scopes: ['ledger.entry.read'] });
  const { link: again } = await ask('identity.create-link', {});
  const { session = '' } = await ask('identity.redeem-link', { link: again, device: CANARY }, guest);
  const { credential } = await kernel.authenticate({ type: 'session', secret: session });
  const sessionId = credential.replace(/^session:/, '');
  const parts = { roleId, departmentId, closedDepartmentId, appId, invitationId, invitation };
  return { email, password: PASSWORD, personId, goneId, link, tokenId, sessionId, ownerId: owner.principal.id, ...parts };
}

async function books({ ask }: Bare): Promise<Things> {
  const path = 'assets:canary-of-somebody';
  await ask('ledger.open-account', { path, title: CANARY, type: 'asset', unit: 'EUR' });
  const postings = [
    { path, unit: 'EUR', amount: '731' },
    { path: 'equity:capital', unit: 'EUR', amount: '-731' },
  ];
  const { entryId = '' } = await ask('ledger.post-entry', { memo: CANARY, counterparty: CANARY, postings });
  return { entryId, path };
}

async function works({ ask, upload, settle }: Bare): Promise<Things> {
  const bring = async (title: string) => {
    const file = await upload('assets.import');
    const { importId = '' } = await ask('assets.import', { file, title, brandId: 'gallery' });
    await settle();
    const progress = (await ask('assets.get-import', { importId })) as unknown as { items: { assetId?: string }[] };
    return { importId, assetId: progress.items[0]?.assetId ?? '' };
  };
  const { importId, assetId } = await bring(CANARY);
  const published: string[] = [];
  for (const title of ['On sale', 'Sent by post', 'In a drawer', 'Without a product', 'Old']) {
    const { assetId: id } = await bring(title);
    await ask('assets.publish', { id });
    published.push(id);
  }
  const [onSaleId = '', byPostId = '', drawerId = '', publishedId = '', oldId = ''] = published;
  const { id: collectionId = '' } = await ask('assets.create-collection', { brandId: 'gallery', title: CANARY });
  const draft = { assetId, kind: 'description', reason: CANARY };
  const { draftId: workDraftId = '' } = await ask('assets.save-draft', { ...draft, text: CANARY });
  const { draftId: rejectedDraftId = '' } = await ask('assets.save-draft', { ...draft, text: `${CANARY} again` });
  await ask('assets.reject-draft', { draftId: rejectedDraftId, note: CANARY });
  return { importId, assetId, onSaleId, byPostId, drawerId, publishedId, oldId, collectionId, workDraftId, rejectedDraftId };
}

async function sales({ ask, guest }: Bare, { onSaleId, byPostId, drawerId }: Things): Promise<Things> {
  const product = async (assetId: string | undefined, kind: string) =>
    (await ask('marketplace.create-product', { assetIds: [assetId], kind, stock: 20 })).productId ?? '';
  const list = async (productId: string, draft = false) =>
    (await ask('marketplace.create-listing', { productId, unit: 'EUR', price: '1250', draft })).listingId ?? '';
  const [digital, physical, drawer] = [
    await product(onSaleId, 'digital'),
    await product(byPostId, 'physical'),
    await product(drawerId, 'digital'),
  ];
  const listingId = await list(digital);
  const physicalListingId = await list(physical);
  const draftId = await list(drawer, true);
  const accessKey = 'CanaryOfSomebody0123456789';
  const buyer = { cardNumber: GOOD_CARD, email: 'canary-of-somebody@buyers.test', accessKey };
  const { orderId = '' } = await ask('marketplace.buy', { ...buyer, listingId }, guest);
  const { orderId: physicalOrderId = '' } = await ask(
    'marketplace.buy',
    { ...buyer, accessKey: `${accessKey}P`, listingId: physicalListingId, shippingAddress: CANARY },
    guest,
  );
  const order = (await ask('marketplace.get-order', { orderId, accessKey }, guest)) as unknown as {
    deliveries: { deliveryId: string; token: string }[];
  };
  const [delivery] = order.deliveries;
  return {
    productId: drawer,
    listingId,
    physicalListingId,
    draftId,
    accessKey,
    orderId,
    physicalOrderId,
    deliveryId: delivery?.deliveryId ?? '',
    deliveryToken: delivery?.token ?? '',
  };
}

/** What a file says of a price, and somebody who wants to hear of it. */
async function prices({ ask, upload }: Bare): Promise<Things> {
  const watched = { asset: 'canary:1', kind: 'sale', direction: 'above', amount: '1', unit: 'EUR' };
  const { watchId = '' } = await ask('marketdata.add-watch', watched);
  await ask('marketdata.refresh-source', { sourceId: 'shop' });
  await ask('marketdata.import-quotes', { file: await upload('marketdata.import-quotes') });
  const found = (await ask('marketdata.list-opportunities')) as unknown as { items: { opportunityId: string }[] };
  return { watchId, opportunityId: found.items[0]?.opportunityId ?? '' };
}

const quotesAt = (at: Date): string =>
  `asset,kind,amount,unit,at,reference,title\ncanary:1,sale,731,EUR,${at.toISOString()},${CANARY},${CANARY}\n`;

async function conversations({ ask, owner, itself }: Bare): Promise<Things> {
  const { agentId = '' } = await ask('workforce.create-agent', {
    name: CANARY,
    role: CANARY,
    description: CANARY,
    instructions: CANARY,
    departments: ['Front desk'],
    roles: [{ role: 'admin' }],
  });
  const { conversationId = '' } = await ask('workforce.start-conversation', { title: CANARY, agentId });
  await ask('workforce.add-message', { conversationId, text: CANARY });
  await ask('workforce.set-model-price', SCRIPTED_PRICE);
  await ask('workforce.set-budget', { kind: 'agent', actorId: agentId, dailyMicroUsd: '1000000' });
  // one answer whose model is being asked, and one whose tools are being used
  const begin = async (name: string) => {
    const { conversationId: talk } = await ask('workforce.start-conversation', { title: CANARY, agentId });
    const run = { [`${name}RunId`]: crypto.randomUUID(), [`${name}Runner`]: crypto.randomUUID() };
    const keys = { runId: run[`${name}RunId`], runner: run[`${name}Runner`] };
    const about = { conversationId: talk, agentId, personId: owner.principal.id, caller: '{}', trace: '', requestId: CANARY };
    await ask(
      'workforce.start-run',
      { ...keys, ...about, models: [SCRIPTED_PRICE.model], requestBytes: 10 },
      itself('workforce.start-run'),
    );
    return { run, keys };
  };
  const [asked, answered] = [await begin('asked'), await begin('answered')];
  await ask(
    'workforce.keep-answer',
    { ...answered.keys, number: 1, text: CANARY, calls: JSON.stringify([CANARY]) },
    itself('workforce.keep-answer'),
  );
  const card = { approvalId: crypto.randomUUID(), personId: owner.principal.id, channel: 'telegram', place: '76' };
  const { cardId = '' } = await ask('workforce.open-card', card, itself('workforce.open-card'));
  const { memoryId = '' } = await ask('workforce.save-memory', { text: CANARY });
  return { agentId, conversationId, memoryId, ownerId: owner.principal.id, cardId, ...asked.run, ...answered.run };
}

/** What an agent wanted to do for the Owner waits for their yes; somebody is limited, somebody switched off. */
async function rules(house: Bare, things: Things): Promise<Things> {
  const { limitId = '' } = await house.ask('governance.set-limit', { actor: CANARY, unit: 'USD', amount: '100' });
  await house.ask('governance.switch-off', { kind: 'actor', target: CANARY, reason: CANARY });
  await house.ask('governance.set-rule', {
    name: 'no-agents-here',
    target: 'ledger.create-unit',
    policy: 'forbid (principal, action, resource) when { principal.kind == "agent" && context.input.code == "NONE" };',
    note: CANARY,
  });
  await house.ask('governance.switch-off', { kind: 'actor', target: `${CANARY}-2`, reason: CANARY });
  const { items } = (await house.ask('governance.list-incidents')) as unknown as { items: { incidentId: string }[] };
  const [incidentId = '', seenIncidentId = ''] = items.map((one) => one.incidentId);
  await house.ask('governance.acknowledge-incident', { incidentId: seenIncidentId });
  const inAdvance = { agent: things.agentId, action: 'ledger.post-entry', counterparty: CANARY, unit: 'USD', cap: '100' };
  const { standingGrantId = '' } = await house.ask('governance.create-standing-grant', inAdvance);
  const { reviewId = '' } = await house.ask('governance.start-access-review', { title: CANARY });
  const itemOf = async (actorId: string | undefined) => {
    const review = await house.ask('governance.get-access-review', { reviewId, actorId });
    return (review as unknown as { items: { itemId: string }[] }).items[0]?.itemId ?? '';
  };
  const untrusted = await house.ask('governance.list-untrusted-rows', { table: 'marketplace.orders', limit: 100 });
  const orders = (untrusted as unknown as { items: { key: string; seen: string }[] }).items;
  const [reviewItemId, takenItemId] = [await itemOf(things.agentId), await itemOf(things.personId)];
  return {
    limitId,
    incidentId,
    seenIncidentId,
    standingGrantId,
    reviewId,
    reviewItemId,
    takenItemId,
    orderWords: orders.find(({ key }) => key === things.orderId)?.seen ?? '',
    approvalId: await waitsFor(house.owner, { call: house.call, things }),
  };
}

/** The id of an approval that an agent needs of this person; empty where they could not make the call themselves. */
export async function waitsFor(person: Caller, { call, things }: Pick<FurnishedHouse, 'call' | 'things'>): Promise<string> {
  const { agentId = 'no-agent', path } = things;
  const agent: Caller = {
    principal: { id: agentId, kind: 'agent', name: CANARY, credential: `agent:${agentId}` },
    onBehalfOf: person.principal,
    tainted: false,
  };
  const postings = [
    { path, unit: 'EUR', amount: '15000' },
    { path: 'equity:capital', unit: 'EUR', amount: '-15000' },
  ];
  const memo = `${CANARY} ${crypto.randomUUID()}`;
  const refusal = await call(agent, 'ledger.post-entry', { memo, counterparty: CANARY, postings }).then(
    () => undefined,
    (error: { details?: { approvalId?: string } }) => error,
  );
  return refusal?.details?.approvalId ?? '';
}

/** A picture like no other of the house. */
export async function paint(number: number): Promise<Buffer> {
  const stripes = Array.from({ length: 9 }, (_, at) => {
    const shade = (at * at * 17 + number * 71 * (at + 1)) % 256;
    return `<rect x="${at * 20}" width="20" height="180" fill="rgb(${shade},${255 - shade},${(shade * number) % 256})"/>`;
  });
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="180" height="180">${stripes.join('')}</svg>`))
    .png()
    .toBuffer();
}
