// What the load needs: a caller's token for each, a published work, books in two units.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { CALLERS, type Shop } from './load.ts';
import { ask, type Server } from './server.ts';

export async function openShop(server: Server, folder: string): Promise<Shop> {
  const { token } = server;
  const asOperator = async (action: string, input: unknown) => {
    const reply = await ask(server, { token, action, input, key: crypto.randomUUID() });
    if (reply?.status !== 200) throw new Error(`${action}: ${JSON.stringify(reply?.body)}`);
    return reply.body;
  };
  for (const [path, title, type] of [
    ['assets:bank', 'Bank', 'asset'],
    ['equity:capital', 'Capital', 'equity'],
  ])
    await asOperator('ledger.open-account', { path, title, type, unit: 'USD' });
  const picture = join(folder, 'picture.png');
  await sharp({ create: { width: 32, height: 32, channels: 3, background: '#336699' } })
    .png()
    .toFile(picture);
  const { importId } = await asOperator('assets.import', { file: picture, brandId: 'gallery' });
  let [work] = await imported();
  for (; work?.state === 'waiting' || !work; [work] = await imported()) await setTimeout(100);
  await asOperator('assets.publish', { id: work.assetId });
  const tokens: string[] = [];
  for (let at = 0; at < CALLERS; at++) {
    const scopes = ['*', 'identity.person.manage']; // they invite people
    const made = await asOperator('identity.create-token', { name: `caller ${at}`, role: 'admin', scopes });
    tokens.push(String(made.token));
  }
  return { tokens, assetId: String(work.assetId) };

  async function imported(): Promise<{ state: string; assetId?: string }[]> {
    return (await asOperator('assets.get-import', { importId })).items as { state: string; assetId?: string }[];
  }
}
