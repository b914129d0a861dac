import { startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { expect, test } from 'vitest';
import { createAgent } from './actions/create-agent.ts';
import { getAgent } from './actions/get-agent.ts';
import { startConversation } from './actions/start-conversation.ts';
import { updateAgent } from './actions/update-agent.ts';
import { workforcePlugin } from './index.ts';

const { kernel, run, call, as } = await startTestKernel([identityPlugin, workforcePlugin], { workers: false });
await kernel.seed({ rehearsal: false });
const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
const indexer = {
  name: 'Indexer',
  role: 'Keeps the catalogue in order',
  description: '',
  instructions: 'Fill gaps in titles and tags.',
  departments: ['Archive'],
};

test('an admin adds an agent, changes it, and pauses it', async () => {
  const { agentId } = await run(admin, createAgent, { ...indexer, model: 'ollama/llama3.2', roles: [{ role: 'editor' }] });
  await run(admin, updateAgent, { agentId, model: null, state: 'paused' });

  expect(await run(admin, getAgent, { agentId })).toMatchObject({
    name: 'Indexer',
    state: 'paused',
    instructions: 'Fill gaps in titles and tags.',
    responsibleId: admin.principal.id,
  });
  expect((await run(admin, getAgent, { agentId })).model).toBeUndefined();
  await expect(run(admin, startConversation, { agentId })).rejects.toMatchObject({ code: 'workforce.agent_paused' });
});

test('an agent has a name of its own, a department, and never more rights than whoever adds it', async () => {
  const editor = as({ id: crypto.randomUUID(), roles: ['editor'] });
  const code = (error: string) => ({ code: error });

  await expect(run(admin, createAgent, { ...indexer, name: 'concierge' })).rejects.toMatchObject(
    code('workforce.agent_name_taken'),
  );
  await expect(run(admin, createAgent, { ...indexer, departments: [] })).rejects.toMatchObject(code('core.invalid_input'));
  await expect(run(editor, createAgent, { ...indexer, name: 'Mine' })).rejects.toMatchObject(code('core.unknown_action'));
  await expect(
    call(admin, 'workforce.create-agent', { ...indexer, name: 'Boss', roles: [{ role: 'owner' }] }),
  ).rejects.toMatchObject(code('core.invalid_input'));
  await expect(run(admin, getAgent, { agentId: crypto.randomUUID() })).rejects.toMatchObject(code('workforce.unknown_agent'));
});
